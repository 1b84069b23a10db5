import { mkdirSync, openSync, closeSync, statSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ClusterConfig } from '../../config/clusterConfig';
import { stateFolder } from '../../config/paths';
import { settingsHash } from '../../config/settingsHash';
import { ManagerError, problem } from '../../domain/errors';
import { childEnvironment, spawnWithoutCoreFile } from '../../temporal/childProcess';
import { endProcess } from '../../temporal/embeddedProcess';
import { runsFile } from './commandLine';
import { workerProgram } from './programs';
import { readWorkerStates, removeWorkerState, writeWorkerState, type WorkerState } from './workerState';

const readyTimeoutMs = 60_000;
/** A worker drains for up to a minute before it ends by itself. */
const drainTimeoutMs = 75_000;

/**
 * What a worker may see of our environment besides the usual: Temporal's settings, what `pass` and `gpg` need,
 * the SSH agent, and the two credential variables only where the configuration chose that provider.
 */
export function workerEnvironment(config: ClusterConfig): NodeJS.ProcessEnv {
  const { credentials } = config;
  const ours =
    credentials.provider === 'environment'
      ? [credentials.tokenIdVariable, credentials.tokenSecretVariable]
      : credentials.provider === 'systemd'
        ? ['CREDENTIALS_DIRECTORY']
        : [];
  return childEnvironment([
    ...['TEMPORAL_*', 'GNUPGHOME', 'GPG_TTY', 'PASSWORD_STORE_DIR', 'SSH_AUTH_SOCK'],
    ...ours,
  ]);
}

/** The worker of this cluster that `pxm up` started and that still runs. */
export async function findWorker(cluster: string): Promise<WorkerState | undefined> {
  const state = readWorkerStates().find((it) => it.cluster === cluster);
  return state !== undefined && (await runsFile(state.pid, state.file)) ? state : undefined;
}

/** Whether a worker was started with other settings than these: it reads them once, at its start. */
export function hasOtherSettings(worker: WorkerState, config: ClusterConfig): boolean {
  return worker.settingsHash !== settingsHash(config);
}

/**
 * Starts a worker that outlives us, its log in the state folder, and returns once it polls. Throws ManagerError
 * `NoWorker` with its own last words if it ends before that.
 */
export async function startWorker(config: ClusterConfig, temporalAddress: string): Promise<WorkerState> {
  const { command, args, file } = workerProgram();
  const logFile = join(stateFolder(), `worker-${config.cluster.name}.log`);
  mkdirSync(stateFolder(), { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a', 0o600);
  const offset = statSync(logFile).size;
  const child = spawnWithoutCoreFile(command, [...args, '--config', config.file], {
    env: { ...workerEnvironment(config), TEMPORAL_ADDRESS: temporalAddress },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw failedToStart(logFile, 'the process could not be started');
  const state = { pid, cluster: config.cluster.name, file, logFile, settingsHash: settingsHash(config) };
  writeWorkerState(state);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const problemText = await waitUntilReady(logFile, offset, hasEnded);
  if (problemText === undefined) return state;
  await endProcess(pid, 1_000);
  removeWorkerState(state);
  throw failedToStart(logFile, problemText);
}

/** Stops every worker that `pxm up` started here: lets each drain, then ends it. Returns their clusters. */
export async function stopWorkers(): Promise<string[]> {
  const states = readWorkerStates();
  await Promise.all(states.map(stopWorker));
  return states.map((state) => state.cluster);
}

/** Lets a worker drain, ends it if it still runs then, and forgets it. */
export async function stopWorker(state: WorkerState): Promise<void> {
  if (await runsFile(state.pid, state.file)) await endProcess(state.pid, drainTimeoutMs);
  removeWorkerState(state);
}

const logLine = z.object({
  event: z.string(),
  failed: z.string().optional(),
  remedy: z.string().optional(),
  msg: z.string().optional(),
});

/** Undefined once it is ready; otherwise why it will not be. */
async function waitUntilReady(
  logFile: string,
  offset: number,
  hasEnded: () => boolean,
): Promise<string | undefined> {
  const end = Date.now() + readyTimeoutMs;
  while (Date.now() < end) {
    const ended = hasEnded();
    const events = readFileSync(logFile).subarray(offset).toString('utf8').split('\n').flatMap(eventOf);
    if (events.some((it) => it.event === 'ready')) return undefined;
    const failure = events.find((it) => it.event === 'failed');
    if (failure !== undefined)
      return [failure.failed ?? failure.msg ?? '', failure.remedy ?? ''].join('\n').trim();
    if (ended) return `it ended before it was ready. Its last words:\n${lastWords(logFile, offset)}`;
    await delay(100);
  }
  return `it was not ready within ${readyTimeoutMs / 1000} s`;
}

function lastWords(logFile: string, offset: number): string {
  return readFileSync(logFile).subarray(offset).toString('utf8').trim().split('\n').slice(-5).join('\n');
}

function eventOf(line: string): z.infer<typeof logLine>[] {
  try {
    const parsed = logLine.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

function failedToStart(logFile: string, failed: string): ManagerError {
  return new ManagerError(
    problem('NoWorker', {
      attempted: 'start the worker',
      failed,
      remedy: `Its log says more: ${logFile}`,
    }),
  );
}
