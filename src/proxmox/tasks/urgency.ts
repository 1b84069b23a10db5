import type { PolledTask } from './polledTask';
import type { Watch } from './watch';

/** Without a measured speed, and during setup and clean-up, seconds matter: a lane may wait for them. */
const unknownSeconds = 2;
/** An end that is far away is looked at again after a third of the time, but the person who watches sees progress. */
const longestSeconds = 10;

/**
 * How long after its last poll a task is worth asking again: at once where more is known to be there, often near
 * its predicted end, rarely in between, and always often enough to notice a stall.
 */
export function secondsUntilPoll(task: PolledTask, watch: Watch): number {
  if (task.isUrgent) return 0;
  const secondsToEvent = watch.secondsToEvent();
  const wanted = secondsToEvent === undefined ? unknownSeconds : Math.max(1, secondsToEvent / 3);
  return Math.min(wanted, longestSeconds, Math.max(1, watch.stallAfterMs / 4000));
}
