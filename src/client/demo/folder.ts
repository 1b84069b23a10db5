import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { isAlive } from '../../temporal/childProcess';
import { readWorkerStates } from '../processes/workerState';

/** Everything that a demo writes, and the processes that write there. */
export interface DemoFolder {
  readonly path: string;
  /** Ends this process too when the folder is removed. */
  endsWith(pid: number): void;
  /** Ends every process of the demo and removes the folder. */
  remove(): Promise<void>;
}

const goneTimeoutMs = 5_000;
const withPid = z.object({ pid: z.int().positive() });

/**
 * A new folder. It and its processes also go when our process ends in any other way that it can notice:
 * process.exit, an error that nobody caught, something that was still being started. SIGKILL is right for all of them, because nothing of it is kept.
 */
export function makeDemoFolder(): DemoFolder {
  const path = mkdtempSync(join(tmpdir(), 'pxm-demo-'));
  const others = new Set<number>();
  const end = () => {
    const pids = [...others, ...rememberedPids(path)].filter(isAlive);
    for (const pid of pids) kill(pid);
    return pids;
  };
  const removeNow = () => {
    end();
    // They may still be writing for an instant.
    rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  process.once('exit', removeNow);
  return {
    path,
    endsWith: (pid) => others.add(pid),
    async remove() {
      const pids = end();
      const giveUpAt = Date.now() + goneTimeoutMs;
      while (pids.some(isAlive) && Date.now() < giveUpAt) await delay(20);
      others.clear();
      removeNow();
    },
  };
}

/** The server and the worker: their state files name them from their first moment on. */
function rememberedPids(folder: string): number[] {
  return [...serverPid(folder), ...readWorkerStates(folder).map(({ pid }) => pid)];
}

function serverPid(folder: string): number[] {
  try {
    return [withPid.parse(JSON.parse(readFileSync(join(folder, 'temporal-server.json'), 'utf8'))).pid];
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
