import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { stateFolder } from '../../config/paths';
import { exitCodes } from '../../domain/exitCodes';
import { count } from '../../domain/rendering/text';
import { connectClient } from '../../temporal/connection';
import { findEmbeddedServer, forgetDeadServer, type EmbeddedServer } from '../../temporal/embeddedServer';
import { listOfTemporal, type ListedOperation } from '../operations/list';
import { stopWorkers } from '../processes/workerProcess';
import { readWorkerStates } from '../processes/workerState';
import { Interrupted } from '../failures';
import type { Session } from '../session';

/** `pxm down`: stops what `pxm up` started. */
export function addDownCommand(program: Command, session: Session): void {
  program
    .command('down')
    .summary('stop what pxm up started')
    .description(
      'Stops the workers and the embedded server that pxm up started, and says which operations are open. They are kept: they wait, and go on after the next pxm up. Running migrations go on in Proxmox.',
    )
    .action(() => down(session));
}

async function down(session: Session): Promise<void> {
  const server = await findEmbeddedServer(stateFolder());
  const clusters = readWorkerStates().map((state) => state.cluster);
  const runs = server !== undefined || clusters.length > 0;
  const open = runs ? await openFor(session, server, clusters) : [];
  if (session.interrupted.aborted) throw new Interrupted();
  if (runs) session.output.note(`${openText(open)}\nLetting the workers drain ...`);
  const workers = await stopWorkers();
  if (server === undefined) await forgetDeadServer(stateFolder());
  else await server.stop();
  const waiting = open?.length ?? 0;
  const text = [
    workers.length === 0 ? 'No worker ran.' : `Stopped the worker of ${workers.join(', ')}.`,
    server === undefined ? 'No embedded server ran.' : 'Stopped the embedded Temporal server.',
    ...(waiting === 0 ? [] : [`Open and waiting now: ${count(waiting, 'operation')}. To go on: pxm up`]),
  ];
  const document = { workers, server: server !== undefined, openOperations: open ?? null };
  session.output.result({ ...document, exitCode: exitCodes.done }, text.join('\n'));
}

/** Far more than one machine runs at once. */
const openLimit = 1_000;
const listTimeoutMs = 5_000;

/**
 * The open operations that what is stopped now serves: all of the embedded server, else those of the workers'
 * clusters. Undefined if Temporal does not tell: that is no reason not to stop (Ctrl-C is, see the caller).
 */
async function openFor(
  session: Session,
  server: EmbeddedServer | undefined,
  clusters: readonly string[],
): Promise<readonly ListedOperation[] | undefined> {
  const list = (client: Client) =>
    client.withDeadline(Date.now() + listTimeoutMs, () => listOfTemporal(client, true, openLimit));
  try {
    if (server === undefined) {
      const { operations } = await list(await session.client());
      return operations.filter((it) => clusters.includes(it.cluster));
    }
    const { address, namespace } = server;
    const connected = await connectClient({ address, namespace, options: {}, source: 'the embedded server' });
    try {
      return (await list(connected.client)).operations;
    } finally {
      await connected.close();
    }
  } catch {
    return undefined;
  }
}

function openText(open: readonly ListedOperation[] | undefined): string {
  if (open === undefined) return 'Temporal did not tell which operations are open; they are kept either way.';
  if (open.length === 0) return 'No operation is open.';
  return [
    `${count(open.length, 'operation')} open. What is open waits, and goes on after the next pxm up; migrations that have begun go on in Proxmox:`,
    ...open.map((it) => `  ${it.workflowId}  ${it.phase === '' ? 'planning' : it.phase}`),
  ].join('\n');
}
