import type { PolledTask } from './polledTask';
import type { Watch } from './watch';

/** An end that is far away is looked at after a third of the time, but the person who watches sees progress. */
const longestMs = 10_000;
/** Lines come about once a second: the first one of a copy is there a little after its setup. */
const firstLineMs = 500;
/** A lane waits for the end of a copy, the next clones for the turn of a clone, only a report for the end of a task. */
const weights = { copyEnding: 2, ended: 1, othersWait: 3 } as const;

/**
 * How urgently a task is to be asked for this wait; 0: not yet. Above that the longer overdue, in relation to how
 * often it is worth asking, the more urgent.
 */
export function urgencyOf(task: PolledTask, watch: Watch, nowMs: number, shortestMs: number): number {
  const wantedMs = Math.max(1, msUntilPoll(task, watch, shortestMs));
  const ratio = (nowMs - lastLookMs(task)) / wantedMs;
  return ratio >= 0.95 ? ratio * weights[watch.othersWait ? 'othersWait' : watch.until] : 0;
}

/** A task that has just begun is as good as looked at. */
function lastLookMs({ lastPollMs, startedAtMs }: PolledTask): number {
  return startedAtMs === undefined ? lastPollMs : Math.max(lastPollMs, startedAtMs);
}

/**
 * How long after its last poll a task is worth asking again: at once where more is known to be there, as often as
 * possible near its predicted end and where no end can be predicted (setup, clean-up), rarely in between, and
 * always often enough to notice a stall.
 */
function msUntilPoll(task: PolledTask, watch: Watch, shortestMs: number): number {
  if (task.isUrgent) return 0;
  const wantedMs = (1000 * (watch.secondsToEvent() ?? 0)) / 3;
  const isNew = task.startedAtMs !== undefined && task.lastPollMs < task.startedAtMs;
  const soonestMs = isNew ? Math.min(1000 * watch.setupSeconds + firstLineMs, longestMs) : shortestMs;
  const limitsMs = [longestMs, watch.stallAfterMs / 4, watch.sampleAfterMs ?? longestMs];
  return Math.max(soonestMs, Math.min(wantedMs, ...limitsMs));
}
