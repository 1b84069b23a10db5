import type { Command } from 'commander';
import { stateFolder } from '../../config/paths';
import { exitCodes } from '../../domain/exitCodes';
import { findEmbeddedServer } from '../../temporal/embeddedServer';
import { stopWorkers } from '../processes/workerProcess';
import type { Session } from '../session';

/** `pxm down`: stops what `pxm up` started. */
export function addDownCommand(program: Command, session: Session): void {
  program
    .command('down')
    .summary('stop what pxm up started')
    .description(
      'Stops the workers and the embedded server that pxm up started. Operations are kept: they go on after the next pxm up. Running migrations go on in Proxmox.',
    )
    .action(async () => {
      session.output.note('Letting the workers drain ...');
      const workers = await stopWorkers();
      const server = await findEmbeddedServer(stateFolder());
      await server?.stop();
      const text = [
        workers.length === 0 ? 'No worker ran.' : `Stopped the worker of ${workers.join(', ')}.`,
        server === undefined ? 'No embedded server ran.' : 'Stopped the embedded Temporal server.',
      ];
      const document = { workers, server: server !== undefined, exitCode: exitCodes.done };
      session.output.result(document, text.join('\n'));
    });
}
