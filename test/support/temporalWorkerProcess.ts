import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { childEnvironment, spawnWithoutCoreFile } from '../../src/temporal/childProcess';

const logLine = z.looseObject({
  level: z.string(),
  msg: z.string(),
  event: z.string().optional(),
  state: z.string().optional(),
  code: z.string().optional(),
  healthUrl: z.string().optional(),
  metricsUrl: z.string().optional(),
});
/** One line of a worker's log. */
export type WorkerLogLine = z.infer<typeof logLine>;

/** A worker in a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  /** Every line so far; each was valid JSON. */
  readonly lines: readonly WorkerLogLine[];
  /** Resolves with the first line that fits, past or to come; rejects if the process ends without one. */
  line(fits: (line: WorkerLogLine) => boolean): Promise<WorkerLogLine>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts a program as a worker process, the way the product starts its worker. */
export function startWorkerProcess(
  program: string,
  programArguments: readonly string[],
  variables: Readonly<Record<string, string>>,
  cwd?: string,
): WorkerProcess {
  const child = spawnWithoutCoreFile(process.execPath, [resolve(program), ...programArguments], {
    env: { ...childEnvironment(), ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  const { pid, stdout } = child;
  if (pid === undefined || stdout === null) throw new Error(`${program} did not start`);

  const lines: WorkerLogLine[] = [];
  const listeners = new Set<() => void>();
  const tellAll = () => {
    for (const listener of listeners) listener();
  };
  createInterface({ input: stdout }).on('line', (text) => {
    lines.push(logLine.parse(JSON.parse(text)));
    tellAll();
  });
  let isClosed = false;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    // Not its exit: its last lines may come after that.
    child.once('close', (code, signal) => {
      isClosed = true;
      done({ code, signal });
      tellAll();
    });
  });

  return {
    pid,
    lines,
    ended,
    kill: (signal) => child.kill(signal),
    line: (fits) =>
      new Promise((done, fail) => {
        const look = () => {
          const found = lines.find(fits);
          if (found === undefined && !isClosed) return;
          listeners.delete(look);
          if (found !== undefined) done(found);
          else fail(new Error(`The worker ended without the line:\n${lines.map((it) => it.msg).join('\n')}`));
        };
        listeners.add(look);
        look();
      }),
  };
}
