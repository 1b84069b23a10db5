import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { childEnvironment, spawnWithoutCoreFile } from '../../src/temporal/childProcess';
import { forget, remember } from './leftBehind';
import { until } from './wait';

const logLine = z.looseObject({ time: z.iso.datetime(), event: z.string().optional() });

/** A worker of the product in a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  /** When it polled first, in milliseconds since the epoch. Rejects if it ends before. */
  ready(): Promise<number>;
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

/** What a worker process is started with. */
export interface WorkerStart {
  /** The built worker.js. */
  readonly program: string;
  readonly configFile: string;
  readonly temporalAddress: string;
  readonly stateFolder: string;
  /** Beside what `pxm up` gives it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** Starts the product's worker as `pxm up` does: nothing in it knows of this matrix. */
export function startWorkerProcess(start: WorkerStart): WorkerProcess {
  const child = spawnWithoutCoreFile(process.execPath, [start.program, '--config', start.configFile], {
    env: {
      ...childEnvironment(),
      TEMPORAL_ADDRESS: start.temporalAddress,
      PXM_STATE_FOLDER: start.stateFolder,
      ...start.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null) throw new Error('the worker did not start');
  remember(pid);
  const log = createWriteStream(start.logFile);
  stderr.pipe(log, { end: false });
  let readyAtMs: number | undefined;
  createInterface({ input: stdout }).on('line', (line) => {
    log.write(`${line}\n`);
    const parsed = logLine.safeParse(parseJson(line));
    if (parsed.data?.event === 'ready') readyAtMs = Date.parse(parsed.data.time);
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      forget(pid);
      log.end();
      resolve();
    });
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  return {
    pid,
    async ready() {
      await until('a worker that polls', () => readyAtMs !== undefined || hasEnded());
      if (readyAtMs === undefined) throw new Error(`the worker ended before it polled: see ${start.logFile}`);
      return readyAtMs;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The last line of a killed process may be cut.
    return undefined;
  }
}
