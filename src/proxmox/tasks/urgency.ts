import type { PolledTask } from './polledTask';
import type { Watch } from './watch';

/** An end that is far away is looked at after a third of the time, but the person who watches sees progress. */
const longestMs = 10_000;

/**
 * How long after its last poll a task is worth asking again: at once where more is known to be there, as often as
 * possible near its predicted end and where no end can be predicted (setup, clean-up), rarely in between, and
 * always often enough to notice a stall.
 */
export function msUntilPoll(task: PolledTask, watch: Watch, shortestMs: number): number {
  if (task.isUrgent) return 0;
  const wantedMs = (1000 * (watch.secondsToEvent() ?? 0)) / 3;
  return Math.max(shortestMs, Math.min(wantedMs, longestMs, watch.stallAfterMs / 4));
}
