import type { Upid } from '../../domain/upid';
import type { ProxmoxClient } from '../types';
import { createActiveClock, type ActiveClock } from './activeClock';
import { createPolledTask, type PolledTask } from './polledTask';
import { msUntilPoll } from './urgency';
import { createWatch, type Watch } from './watch';
import type { TaskWatchRequest, TaskWatchResult } from './watchTypes';

export type {
  CopyPlan,
  TaskWatchRequest,
  TaskWatchResult,
  WatchCopyEnding,
  WatchEnded,
  WatchStalled,
} from './watchTypes';

/** Waits on Proxmox tasks with at most one request a second for all of them together. */
export interface TaskPoller {
  /**
   * Waits on one task; several waits on one task share its polls. Rejects with Interrupted when the signal
   * aborts, with NotFound when the node does not know the task, and with errors of credentials or permissions.
   * An unreachable node is asked on until `stallAfterMs` is over.
   */
  watch(upid: Upid, request: TaskWatchRequest): Promise<TaskWatchResult>;
  /** Ends all waits with Interrupted. */
  close(): void;
}

/** At most one request in this time, whatever the number of tasks (design: Talking to Proxmox). */
const defaultPollEveryMs = 1_000;

/** A task with those who wait on it. */
interface Entry {
  readonly task: PolledTask;
  readonly watches: Set<Watch>;
}

/** Settings for tests. */
export interface TaskPollerOptions {
  /** Monotonic milliseconds. Default `performance.now`. */
  readonly clock?: () => number;
  /** At most one request in this time. Default 1 s. */
  readonly pollEveryMs?: number;
}

/** Makes the one poller of a client. It has no timer while nothing is waited for. */
export function createTaskPoller(client: ProxmoxClient, options: TaskPollerOptions = {}): TaskPoller {
  const entries = new Map<string, Entry>();
  const clock: ActiveClock = createActiveClock(options.clock);
  const pollEveryMs = options.pollEveryMs ?? defaultPollEveryMs;
  let lastRequestMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (timer !== undefined || entries.size === 0) return;
    const waitMs = Math.min(pollEveryMs, Math.max(0, lastRequestMs + pollEveryMs - clock.nowMs()));
    timer = setTimeout(tick, waitMs);
  }

  function tick(): void {
    timer = undefined;
    const nowMs = clock.nowMs();
    for (const entry of entries.values()) tell(entry, nowMs);
    const due = mostUrgent([...entries.values()], nowMs, pollEveryMs);
    // Whether or not something is due: the next look is a whole interval away.
    lastRequestMs = nowMs;
    if (due !== undefined) {
      void due.task.poll().then(() => {
        tell(due, clock.nowMs());
        schedule();
      });
    }
    schedule();
  }

  /** Tells the waiting ones, and forgets those that have their result. */
  function tell(entry: Entry, nowMs: number): void {
    for (const watch of entry.watches) {
      if (watch.update(entry.task, nowMs) === 'settled') remove(entry, watch);
    }
  }

  function remove(entry: Entry, watch: Watch): void {
    entry.watches.delete(watch);
    if (entry.watches.size > 0) return;
    entry.task.cancel();
    if (entries.get(entry.task.upid.text) === entry) entries.delete(entry.task.upid.text);
    if (entries.size === 0) {
      clearTimeout(timer);
      timer = undefined;
    }
  }

  return {
    async watch(upid, request) {
      const entry = entries.get(upid.text) ?? {
        task: createPolledTask(client, upid, clock),
        watches: new Set<Watch>(),
      };
      entries.set(upid.text, entry);
      const watch = createWatch(upid, request, () => remove(entry, watch));
      entry.watches.add(watch);
      if (watch.update(entry.task, clock.nowMs()) === 'settled') remove(entry, watch);
      schedule();
      return watch.result;
    },
    close() {
      for (const entry of entries.values())
        for (const watch of entry.watches) watch.interrupt('the poller was closed');
    },
  };
}

/** The task whose next poll is most overdue, measured by how often it is worth asking. */
function mostUrgent(entries: readonly Entry[], nowMs: number, shortestMs: number): Entry | undefined {
  const overdue = entries
    .filter(({ task }) => !task.isBusy)
    .map((entry) => {
      const wantedMs = Math.min(
        ...[...entry.watches].map((watch) => msUntilPoll(entry.task, watch, shortestMs)),
      );
      return { entry, ratio: (nowMs - entry.task.lastPollMs) / Math.max(wantedMs, 1) };
    })
    .filter(({ ratio }) => ratio >= 0.95)
    .toSorted((left, right) => right.ratio - left.ratio);
  return overdue[0]?.entry;
}
