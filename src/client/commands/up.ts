import type { Command } from 'commander';
import { z } from 'zod';
import type { ClusterConfig } from '../../config/clusterConfig';
import { stateFolder } from '../../config/paths';
import { problemText, type Problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { accessWorkflowId } from '../../domain/names';
import { watchCommand } from '../../domain/rendering/commands';
import { printable } from '../../domain/rendering/text';
import { namedSettings } from '../../temporal/connection';
import { startEmbeddedServer } from '../../temporal/embeddedServer';
import { locateExecutable } from '../../temporal/executable/locate';
import { temporalCli } from '../../temporal/executable/pins';
import { tokenFault } from '../access/tokenFault';
import { isUnderWay } from '../operations/startOnce';
import { requireStateFolder } from '../processes/requireStateFolder';
import { findWorker, hasOtherSettings, startWorker, stopWorker } from '../processes/workerProcess';
import type { WorkerState } from '../processes/workerState';
import type { Session } from '../session';
import { sayIfSlow } from '../slow';
import { examples, portNumber } from './shared';

/** `pxm up`: everything that one machine needs. */
export function addUpCommand(program: Command, session: Session): void {
  const command = program
    .command('up')
    .summary('start the Temporal server and the worker of this machine')
    .description(
      "Starts what one machine needs, unless it runs already: the embedded Temporal server (its database is in the state folder) and a worker for the configuration's cluster. Both outlive this command; pxm down stops them. A worker whose configuration has changed since it was started drains and is started anew. Where TEMPORAL_ADDRESS or temporal.toml names a server, only the worker is started.",
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
  // The worker would end without its CA file; the token's file it waits for.
  const config = session.config(['cluster.ca_file']);
  requireStateFolder();
  const looking = tokenFault(config);
  const server = await serverFor(session, ports);
  const { worker, note } = await workerFor(session, config, server.address);
  const fault = await looking;
  const next = fault === undefined ? 'pxm evacuate <node>' : await nextForToken(session, config);
  const token = fault === undefined ? {} : { token: { code: fault.code, failed: problemText(fault) } };
  const document = { ...server, worker, ...token, next, exitCode: exitCodes.done };
  const lines = [
    `Temporal:  ${server.address}${server.note}`,
    ...(server.webUiUrl === undefined ? [] : [`Web UI:    ${server.webUiUrl}`]),
    `Worker:    cluster ${config.cluster.name}, pid ${worker.pid}${note}, log ${worker.logFile}`,
    ...(fault === undefined ? [] : [`API token: ${faultWords(fault)}`]),
    `Next:      ${next}    Stop: pxm down`,
  ];
  output.result(document, lines.join('\n'));
  return exitCodes.done;
}

/** One that is under way, perhaps since before a crash, makes the token: a second one would be refused. */
async function nextForToken(session: Session, { cluster }: ClusterConfig): Promise<string> {
  const workflowId = accessWorkflowId(cluster.name);
  try {
    return (await isUnderWay(await session.client(), workflowId))
      ? watchCommand(workflowId)
      : 'pxm bootstrap';
  } catch (error) {
    // Started is what was asked for; bootstrap says itself why Temporal does not answer.
    if (session.interrupted.aborted) throw error;
    return 'pxm bootstrap';
  }
}

function faultWords(fault: Problem): string {
  const what = fault.code === 'TokenRefused' ? 'the cluster refuses it' : 'there is none yet';
  return printable(`${what} (${problemText(fault)})`);
}

interface RunningWorker {
  readonly worker: WorkerState;
  readonly note: string;
}

/** The worker that runs already; started anew if it does not know the configuration as it is now. */
async function workerFor(
  session: Session,
  config: ClusterConfig,
  temporalAddress: string,
): Promise<RunningWorker> {
  const running = await findWorker(config.cluster.name);
  const isStale = running !== undefined && hasOtherSettings(running, config);
  if (running !== undefined && !isStale) return { worker: running, note: ' (ran already)' };
  if (isStale) {
    session.output.note(
      `The configuration has changed since worker ${running.pid} was started: it drains, then a new one starts. Operations go on.`,
    );
    await stopWorker(running);
  }
  const starting = startWorker(config, temporalAddress);
  const worker = await sayIfSlow(session.output, 'Starting the worker ...', starting);
  return { worker, note: isStale ? ' (started anew with the changed configuration)' : '' };
}

interface Server {
  readonly address: string;
  readonly webUiUrl?: string;
  readonly note: string;
}

async function serverFor(session: Session, ports: z.infer<typeof options>): Promise<Server> {
  const { address: named, source } = namedSettings();
  if (named !== undefined) return { address: named, note: ` (from ${source}; no server was started)` };
  const onProgress = (line: string) => session.output.note(line);
  const executable = await locateExecutable(temporalCli, { onProgress });
  const starting = startEmbeddedServer({ stateFolder: stateFolder(), executable, ...ports });
  const server = await sayIfSlow(session.output, 'Starting the Temporal server ...', starting);
  const { address, webUiUrl, alreadyRunning } = server;
  return { address, webUiUrl, note: alreadyRunning ? ' (ran already)' : '' };
}
