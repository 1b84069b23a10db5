import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stateFolder } from '../../config/paths';

/** What is remembered of a worker that `pxm up` started. */
const workerState = z.object({
  pid: z.int().positive(),
  cluster: z.string(),
  /** The program's file, to recognise the process. */
  file: z.string(),
  logFile: z.string(),
  /** `settingsHash` of the configuration that it was started with. */
  settingsHash: z.string().default(''),
});
export type WorkerState = z.infer<typeof workerState>;

/** All workers that were started from this state folder and not stopped by `pxm down`. */
export function readWorkerStates(folder = stateFolder()): WorkerState[] {
  return names(folder).flatMap((name) => {
    try {
      return [workerState.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))];
    } catch {
      return [];
    }
  });
}

/** Remembers a worker, atomically. */
export function writeWorkerState(state: WorkerState, folder = stateFolder()): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, fileName(state.cluster));
  writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Forgets a worker. */
export function removeWorkerState(state: WorkerState, folder = stateFolder()): void {
  rmSync(join(folder, fileName(state.cluster)), { force: true });
}

function fileName(cluster: string): string {
  return `worker-${cluster}.json`;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith('worker-') && name.endsWith('.json'));
  } catch {
    return [];
  }
}
