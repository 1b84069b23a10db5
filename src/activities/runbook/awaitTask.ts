import type { TaskEnded, TaskStalled } from '../../domain/taskWatch';
import { parseUpid } from '../../domain/upid';
import { succeeded } from '../../proxmox/tasks/exitStatus';
import { slotPurpose } from '../guests/cloneSlot';
import type { ActivityAttempt } from '../shared/attempt';
import type { AwaitTaskArguments } from './contract';
import type { RunbookDependencies } from './dependencies';

/** The next clone needs this long until it copies: with a slot that is free before, the storage is never idle. */
const aheadSeconds = 1.5;

/**
 * Waits on any task through the worker's one poller. The slot of a clone is given back when its copy is about to end, at the
 * latest with its task: a question about how it ended holds none.
 */
export async function awaitTask(
  { poller, ledger }: Pick<RunbookDependencies, 'poller' | 'ledger'>,
  attempt: ActivityAttempt,
  { upid, stallAfterMs, clone }: AwaitTaskArguments,
): Promise<TaskEnded | TaskStalled> {
  const task = parseUpid(upid);
  const vmid = Number(task.id);
  const holdsSlot = task.type === 'qmclone' && clone !== undefined;
  const giveSlotBack = async () => {
    if (!holdsSlot) return;
    await ledger.giveCloneSlotBack(clone.holder, slotPurpose(clone.vmid));
  };
  let isEnding = false;
  const result = await poller.watch(task, {
    vmid: Number.isInteger(vmid) ? vmid : 0,
    plan: { ramBytes: 0, diskBytes: 0, setupSeconds: 1 },
    stallAfterMs,
    until: 'ended',
    othersWait: holdsSlot,
    signal: attempt.signal,
    onProgress: (progress) => {
      // Most tasks copy nothing: there is nothing to show of them.
      if (progress.totalBytes === 0) return;
      attempt.tell(progress);
      if (isEnding || (progress.secondsLeft ?? Infinity) > aheadSeconds) return;
      isEnding = true;
      // Where that fails it is given back below.
      void giveSlotBack().catch(() => undefined);
    },
  });
  if (result.kind !== 'ended') {
    const silentForMs = result.kind === 'stalled' ? result.silentForMs : 0;
    return { kind: 'stalled', lastLine: result.kind === 'stalled' ? result.lastLine : '', silentForMs };
  }
  await giveSlotBack();
  const { exit, logTail } = result;
  return { kind: 'ended', succeeded: succeeded(exit), exit: exit.text, logTail };
}
