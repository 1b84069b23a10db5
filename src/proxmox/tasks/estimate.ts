import type { TaskProgress } from '../../domain/progress';
import { copiedBytesOf } from './migrationLog';
import { viewCopy } from './prediction';
import type { PolledTask } from './polledTask';
import type { TaskWatchRequest } from './watchTypes';

/** What is expected of a task at a moment, between polls too. */
export interface Estimate {
  readonly progress: TaskProgress;
  /**
   * When the copy is expected to end, seconds from now, negative for the past. It may rest on the speed of other
   * tasks and on nothing seen of this one: good enough to choose whom to ask next. Undefined if unknown.
   */
  readonly secondsToCopyEnd: number | undefined;
  /** How long the whole copy of a task that we started is expected to take, as long as nothing was seen of it. */
  readonly unseenCopySeconds: number | undefined;
}

/**
 * The speed of copies now, as the last poll of a task tells; `before` if it tells nothing. A copy that was over when
 * it was looked at was at least as fast as from its begin to that look.
 */
export function typicalSpeed(
  task: PolledTask,
  setupSeconds: number,
  before: number | undefined,
): number | undefined {
  const measured = task.speed.recent();
  if (measured !== undefined) return measured;
  if (task.startedAtMs === undefined || task.copyDoneMs === undefined) return before;
  const seconds = (task.copyDoneMs - task.startedAtMs) / 1000 - setupSeconds;
  return seconds > 0 ? Math.max(before ?? 0, copiedBytesOf(task.log) / seconds) : before;
}

/**
 * Extrapolates from the last poll. `typicalBytesPerSecond` is that of other tasks, for one that was not measured yet.
 * Between polls a copy may have been slower than expected: what was shown is not taken back (`shownBytes`).
 */
export function estimateTask(
  task: PolledTask,
  request: TaskWatchRequest,
  nowMs: number,
  typicalBytesPerSecond: number | undefined,
  shownBytes: number,
): Estimate {
  const { log, moving } = task;
  const view = viewCopy(log, request.plan);
  const speed = task.speed.recent() ?? typicalBytesPerSecond;
  const seconds = moving === undefined ? 0 : (nowMs - moving.atMs) / 1000;
  const expected = moving === undefined || speed === undefined ? 0 : speed * seconds;
  const secondsLeft = secondsLeftOf(view.remainingBytes, moving === undefined ? undefined : speed, seconds);
  return {
    secondsToCopyEnd: secondsLeft ?? secondsWithoutSight(task, request, nowMs, typicalBytesPerSecond),
    unseenCopySeconds:
      task.startedAtMs === undefined ? undefined : unseenCopySeconds(task, request, typicalBytesPerSecond),
    progress: {
      upid: task.upid.text,
      vmid: request.vmid,
      copiedBytes: Math.round(Math.min(view.totalBytes, Math.max(shownBytes, view.copiedBytes + expected))),
      totalBytes: view.totalBytes,
      bytesPerSecond: moving === undefined ? 0 : Math.round(speed ?? 0),
      lastLine: task.unreachable ?? log.lastLine,
      ...(secondsLeft === undefined ? {} : { secondsLeft: Math.max(0, secondsLeft) }),
    },
  };
}

function secondsLeftOf(
  remainingBytes: number | undefined,
  bytesPerSecond: number | undefined,
  sincePollSeconds: number,
): number | undefined {
  if (remainingBytes === undefined || bytesPerSecond === undefined) return undefined;
  return remainingBytes / bytesPerSecond - sincePollSeconds;
}

/** Of a task that is over its copy, or of one that nothing was seen of, if others were measured. */
function secondsWithoutSight(
  task: PolledTask,
  request: TaskWatchRequest,
  nowMs: number,
  typicalBytesPerSecond: number | undefined,
): number | undefined {
  if (task.copyDoneMs !== undefined) return (task.copyDoneMs - nowMs) / 1000;
  const copySeconds = unseenCopySeconds(task, request, typicalBytesPerSecond);
  if (copySeconds === undefined) return undefined;
  return request.plan.setupSeconds + copySeconds - (nowMs - task.firstSeenMs) / 1000;
}

function unseenCopySeconds(
  task: PolledTask,
  { plan }: TaskWatchRequest,
  typicalBytesPerSecond: number | undefined,
): number | undefined {
  if (task.speed.hasSample() || task.log.copyDone || typicalBytesPerSecond === undefined) return undefined;
  return (plan.ramBytes + plan.diskBytes) / typicalBytesPerSecond;
}
