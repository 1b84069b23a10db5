import type { Command } from 'commander';
import { z } from 'zod';
import { stateFolder } from '../../config/paths';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { connectionSettings } from '../../temporal/connection';
import { startEmbeddedServer } from '../../temporal/embeddedServer';
import { locateExecutable } from '../../temporal/executable/locate';
import { temporalCli } from '../../temporal/executable/pins';
import { findWorker, startWorker } from '../processes/workerProcess';
import type { Session } from '../session';
import { sayIfSlow } from '../slow';
import { examples, portNumber } from './shared';

/** `pxm up`: everything that one machine needs. */
export function addUpCommand(program: Command, session: Session): void {
  const command = program
    .command('up')
    .summary('start the Temporal server and the worker of this machine')
    .description(
      "Starts what one machine needs, unless it runs already: the embedded Temporal server (its database is in the state folder) and a worker for the configuration's cluster. Both outlive this command; pxm down stops them. Where TEMPORAL_ADDRESS or temporal.toml names a server, only the worker is started.",
    )
    .option('--port <port>', "the server's port on loopback; 0: any free one", portNumber, 7233)
    .option('--ui-port <port>', "the Web UI's port on loopback; 0: any free one", portNumber, 8233);
  examples(command, [
    ['pxm up', 'then: pxm evacuate pve01'],
    ['pxm up --port 0 --ui-port 0', 'beside another Temporal server'],
  ]).action(async () => {
    session.exitCode = await up(session, options.parse(command.opts()));
  });
}

const options = z.object({ port: z.number(), uiPort: z.number() });

async function up(session: Session, ports: z.infer<typeof options>): Promise<ExitCode> {
  const { output } = session;
  const config = session.config();
  const server = await serverFor(session, ports);
  const running = await findWorker(config.cluster.name);
  const starting = async () => running ?? (await startWorker(config, server.address));
  const worker = await sayIfSlow(output, 'Starting the worker ...', starting());
  const document = { ...server, worker, exitCode: exitCodes.done };
  const lines = [
    `Temporal:  ${server.address}${server.note}`,
    ...(server.webUiUrl === undefined ? [] : [`Web UI:    ${server.webUiUrl}`]),
    `Worker:    cluster ${config.cluster.name}, pid ${worker.pid}${running === undefined ? '' : ' (ran already)'}, log ${worker.logFile}`,
    'Next:      pxm evacuate <node>    Stop: pxm down',
  ];
  output.result(document, lines.join('\n'));
  return exitCodes.done;
}

interface Server {
  readonly address: string;
  readonly webUiUrl?: string;
  readonly note: string;
}

async function serverFor(session: Session, ports: z.infer<typeof options>): Promise<Server> {
  const settings = await connectionSettings();
  if (settings.source === 'temporal.toml or TEMPORAL_*') {
    return { address: settings.address, note: ` (from ${settings.source}; no server was started)` };
  }
  const onProgress = (line: string) => session.output.note(line);
  const executable = await locateExecutable(temporalCli, { onProgress });
  const starting = startEmbeddedServer({ stateFolder: stateFolder(), executable, ...ports });
  const server = await sayIfSlow(session.output, 'Starting the Temporal server ...', starting);
  const { address, webUiUrl, alreadyRunning } = server;
  return { address, webUiUrl, note: alreadyRunning ? ' (ran already)' : '' };
}
