import { parseUpid } from '../../domain/upid';
import type { TaskWatch } from '../../domain/taskWatch';
import type { TaskWatchResult } from '../../proxmox/tasks/poller';
import { succeeded } from '../../proxmox/tasks/exitStatus';
import type { ActivityDependencies } from '../dependencies';
import type { ActivityAttempt } from '../shared/attempt';
import type { WatchArguments } from './contract';

/** Waits on a migration task through the worker's one poller; its progress goes out with the beats. */
export async function watchMigration(
  { poller }: ActivityDependencies,
  attempt: ActivityAttempt,
  { move, upid, stallAfterMs, setupSeconds, sampleAfterMs }: WatchArguments,
  until: 'ended' | 'copyEnding',
): Promise<TaskWatch> {
  const result = await poller.watch(parseUpid(upid), {
    vmid: move.vmid,
    plan: { ramBytes: move.ramBytes, diskBytes: move.diskBytes, setupSeconds },
    stallAfterMs,
    until,
    ...(sampleAfterMs === undefined ? {} : { sampleAfterMs }),
    signal: attempt.signal,
    onProgress: (progress) => attempt.tell(progress),
  });
  return toWatch(result);
}

function toWatch(result: TaskWatchResult): TaskWatch {
  switch (result.kind) {
    case 'copyEnding': {
      const { kind, bytesPerSecond } = result;
      return { kind, ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }) };
    }
    case 'sample':
    case 'stalled':
      return result;
    case 'ended': {
      const { exit, logTail, copiedBytes, bytesPerSecond, downtimeMs } = result;
      return {
        kind: 'ended',
        succeeded: succeeded(exit),
        exit: exit.text,
        logTail,
        copiedBytes,
        ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
        ...(downtimeMs === undefined ? {} : { downtimeMs }),
      };
    }
  }
}
