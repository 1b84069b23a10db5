import { setTimeout as delay } from 'node:timers/promises';
import type { EndingSignal, PlaybookWatch } from '../../domain/ansible/run';
import { ansibleFolders } from '../base';
import { followRun, type Following } from './follow';
import { endOfFile, keep, knownProcess, runFolder, valueIn, type RunFolder } from './folder';
import { isUnderWay } from './lock';
import { processesOfRun, send } from './processes';
import { readProgress } from './progress';

/** Mildest first: Ansible ends its tasks by itself on `SIGINT`. */
const signals: readonly EndingSignal[] = ['SIGINT', 'SIGTERM', 'SIGKILL'];
/** How long each of them is given. */
const graceMs = 10_000;
const lookEveryMs = 200;
const tailBytes = 64 * 1024;

/**
 * Ends a run: its process group gets SIGINT, after 10 s SIGTERM, then SIGKILL; processes that have left the group, as the
 * newer versions' workers do, get the last two by themselves. Returns what the run came to. Repeating it is harmless.
 */
export async function stopRun(
  base: string,
  id: string,
  following: Following & { readonly graceMs?: number },
): Promise<PlaybookWatch> {
  const { runs } = ansibleFolders(base);
  const folder = runFolder(runs, id);
  for (const signal of signals) {
    if (!isUnderWay(folder)) break;
    await keep(folder.stop, signal);
    sendTo(folder, signal);
    await ended(folder, following.graceMs ?? graceMs);
  }
  if (isUnderWay(folder)) {
    const { progress } = readProgress(endOfFile(folder.progress, tailBytes), '', following.redact);
    return { kind: 'stillRunning', ...(progress === undefined ? {} : { lastSeen: progress }) };
  }
  // What was started on this machine by tasks goes with it.
  for (const pid of processesOfRun(id)) send(pid, 'SIGKILL');
  return followRun(base, id, following);
}

function sendTo(folder: RunFolder, signal: EndingSignal): void {
  const shell = valueIn(folder.process, knownProcess);
  if (shell !== undefined) send(-shell.pid, signal);
  if (signal === 'SIGINT') return;
  for (const pid of processesOfRun(folder.id)) if (pid !== shell?.pid) send(pid, signal);
}

async function ended(folder: RunFolder, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (isUnderWay(folder) && performance.now() < deadline) await delay(lookEveryMs);
}
