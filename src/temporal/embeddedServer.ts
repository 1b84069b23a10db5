import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { requireStateFolderAt } from '../config/requireFolder';
import { ManagerError, problem } from '../domain/errors';
import { clusterIdAt, embeddedNamespace, setRetention } from './embeddedProbe';
import { endProcess, isServerProcess, spawnServer } from './embeddedProcess';
import {
  type EmbeddedServerState,
  readServerState,
  removeServerState,
  writeServerState,
} from './embeddedState';
import { freePort, isPortFree } from './freePort';

/** How the embedded server is started. */
export interface EmbeddedServerOptions {
  /** Holds its database, its log, and what is remembered of it. One server a folder. */
  readonly stateFolder: string;
  /** The `temporal` executable; see `locateExecutable`. */
  readonly executable: string;
  /** Port of the gRPC service on loopback. Default 7233; 0: the one it had last, or a free one. */
  readonly port?: number;
  /** Port of the Web UI on loopback. Default 8233; 0 likewise. */
  readonly uiPort?: number;
}

/** A running embedded server. It outlives the process that started it. */
export interface EmbeddedServer {
  /** `host:port` for Temporal clients. */
  readonly address: string;
  readonly namespace: string;
  readonly webUiUrl: string;
  readonly pid: number;
  /** Whether it ran before it was asked for. */
  readonly alreadyRunning: boolean;
  /** Stops it (SIGTERM, after 10 s SIGKILL) and returns once it is gone. Its database stays. */
  stop(): Promise<void>;
}

/** What is remembered of the server that was started last, whether it answers or not. */
export interface LastEmbeddedServer {
  /** `host:port`, where it answered. */
  readonly address: string;
  /** Whether its process is there. */
  readonly isAlive: boolean;
}

const startTimeoutMs = 60_000;
/** One that lives and is silent for longer is frozen. A busy machine alone can take seconds. */
const answerTimeoutMs = 10_000;

/**
 * Finds the server of this state folder, or starts it: database file, Web UI, search attributes, retention
 * 90 days. Callers at the same time get the same server. Throws ManagerError `TemporalUnreachable` if a
 * port is taken or the server ends by itself (with its last words).
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { stateFolder } = options;
  requireStateFolderAt(stateFolder);
  return withLock(stateFolder, async () => (await findEmbeddedServer(stateFolder)) ?? (await start(options)));
}

/** Forgets the server of a state folder if its process is gone: nobody waits for it to be started again. */
export async function forgetDeadServer(stateFolder: string): Promise<void> {
  const isDead = async () => (await lastEmbeddedServer(stateFolder))?.isAlive === false;
  if (!(await isDead())) return;
  await withLock(stateFolder, async () => {
    if (await isDead()) await removeServerState(stateFolder);
  });
}

/** Starts, and what forgets a server, wait for each other. */
async function withLock<T>(stateFolder: string, work: () => Promise<T>): Promise<T> {
  const release = await lockfile.lock(stateFolder, {
    lockfilePath: join(stateFolder, 'temporal-server.lock'),
    // A start may take a minute; whoever makes it gives a sign of life twice in this time, late on a busy machine.
    stale: 30_000,
    retries: { retries: 600, minTimeout: 200, maxTimeout: 200, factor: 1 },
  });
  try {
    return await work();
  } finally {
    await release();
  }
}

/** The running server of a state folder: remembered there, and it answers. Undefined if none does within 10 s. */
export async function findEmbeddedServer(stateFolder: string): Promise<EmbeddedServer | undefined> {
  const state = await readServerState(stateFolder);
  if (state === undefined || !(await isServerProcess(state.pid, databaseFile(stateFolder)))) return undefined;
  const clusterId = await clusterIdAt(addressOf(state), answerTimeoutMs);
  const isOurs = clusterId !== undefined && clusterId === (state.clusterId ?? clusterId);
  return isOurs ? serverOf(stateFolder, state, true) : undefined;
}

/** The server of a state folder as it is remembered; undefined if none was started, or the last one was stopped. */
export async function lastEmbeddedServer(stateFolder: string): Promise<LastEmbeddedServer | undefined> {
  const state = await readServerState(stateFolder);
  if (state === undefined) return undefined;
  const isAlive = await isServerProcess(state.pid, databaseFile(stateFolder));
  return { address: addressOf(state), isAlive };
}

async function start(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { stateFolder, executable } = options;
  const last = await readServerState(stateFolder);
  // One that does not answer (frozen, half started) would keep the database from the new one.
  if (last !== undefined && (await isServerProcess(last.pid, databaseFile(stateFolder)))) {
    await endProcess(last.pid, 5000);
  }
  const port = await choosePort(options.port ?? 7233, last?.port, 'port');
  const uiPort = await choosePort(options.uiPort ?? 8233, last?.uiPort, 'Web UI port');
  const child = await spawnServer({
    ...{ executable, port, uiPort, logFile: logFile(stateFolder) },
    databaseFile: databaseFile(stateFolder),
  });
  const pid = child.pid;
  if (pid === undefined) throw startFailed(executable, 'the process could not be started');
  const state = { pid, port, uiPort };
  // Before it answers: whoever starts us dies now, the next one still finds the server.
  await writeServerState(stateFolder, state);
  const clusterId = await answered(
    addressOf(state),
    () => child.exitCode !== null || child.signalCode !== null,
  );
  if (clusterId === undefined) {
    await endProcess(pid, 1000);
    throw startFailed(executable, await lastWords(stateFolder));
  }
  await setRetention(addressOf(state));
  await writeServerState(stateFolder, { ...state, clusterId });
  return serverOf(stateFolder, state, false);
}

async function choosePort(wanted: number, last: number | undefined, title: string): Promise<number> {
  if (wanted !== 0) {
    if (await isPortFree(wanted)) return wanted;
    throw startFailed(
      `on ${title} ${wanted}`,
      `${title} ${wanted} is taken by another program; choose another one`,
    );
  }
  return last !== undefined && (await isPortFree(last)) ? last : freePort();
}

async function answered(address: string, hasEnded: () => boolean): Promise<string | undefined> {
  const end = Date.now() + startTimeoutMs;
  while (Date.now() < end && !hasEnded()) {
    const clusterId = await clusterIdAt(address, 1000);
    if (clusterId !== undefined) return clusterId;
    await delay(50);
  }
  return undefined;
}

function serverOf(stateFolder: string, state: EmbeddedServerState, alreadyRunning: boolean): EmbeddedServer {
  return {
    address: addressOf(state),
    namespace: embeddedNamespace,
    webUiUrl: `http://127.0.0.1:${state.uiPort}`,
    pid: state.pid,
    alreadyRunning,
    async stop() {
      if (await isServerProcess(state.pid, databaseFile(stateFolder))) await endProcess(state.pid, 10_000);
      await removeServerState(stateFolder);
    },
  };
}

function addressOf(state: EmbeddedServerState): string {
  return `127.0.0.1:${state.port}`;
}

function databaseFile(stateFolder: string): string {
  return join(stateFolder, 'temporal.db');
}

function logFile(stateFolder: string): string {
  return join(stateFolder, 'temporal-server.log');
}

async function lastWords(stateFolder: string): Promise<string> {
  const log = await readFile(logFile(stateFolder), 'utf8').catch(() => '');
  return log.trim().split('\n').slice(-5).join('\n');
}

function startFailed(what: string, failed: string): ManagerError {
  return new ManagerError(
    problem('TemporalUnreachable', {
      attempted: `starting the embedded Temporal server ${what}`,
      failed,
      remedy: 'Choose other ports, or set TEMPORAL_ADDRESS to a server that runs already.',
    }),
  );
}
