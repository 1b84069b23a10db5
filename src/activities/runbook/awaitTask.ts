import type { TaskEnded, TaskStalled } from '../../domain/taskWatch';
import { parseUpid } from '../../domain/upid';
import { succeeded } from '../../proxmox/tasks/exitStatus';
import { slotPurpose } from '../guests/cloneSlot';
import type { ActivityAttempt } from '../shared/attempt';
import type { AwaitTaskArguments } from './contract';
import type { RunbookDependencies } from './dependencies';

/** Waits on any task through the worker's one poller. A question about how it ended holds no clone slot. */
export async function awaitTask(
  { poller, ledger }: Pick<RunbookDependencies, 'poller' | 'ledger'>,
  attempt: ActivityAttempt,
  { upid, stallAfterMs, clone }: AwaitTaskArguments,
): Promise<TaskEnded | TaskStalled> {
  const task = parseUpid(upid);
  const vmid = Number(task.id);
  const result = await poller.watch(task, {
    vmid: Number.isInteger(vmid) ? vmid : 0,
    plan: { ramBytes: 0, diskBytes: 0, setupSeconds: 1 },
    stallAfterMs,
    until: 'ended',
    signal: attempt.signal,
    // Most tasks copy nothing: there is nothing to show of them.
    onProgress: (progress) => {
      if (progress.totalBytes > 0) attempt.tell(progress);
    },
  });
  if (result.kind !== 'ended') {
    const silentForMs = result.kind === 'stalled' ? result.silentForMs : 0;
    return { kind: 'stalled', lastLine: result.kind === 'stalled' ? result.lastLine : '', silentForMs };
  }
  if (clone !== undefined && task.type === 'qmclone') {
    await ledger.giveCloneSlotBack(clone.holder, slotPurpose(clone.vmid));
  }
  const { exit, logTail } = result;
  return { kind: 'ended', succeeded: succeeded(exit), exit: exit.text, logTail };
}
