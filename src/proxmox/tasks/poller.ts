import type { Upid } from '../../domain/upid';
import { recentTasks } from '../api/tasks';
import type { ProxmoxClient } from '../types';
import { createActiveClock, type ActiveClock } from './activeClock';
import { typicalSpeed } from './estimate';
import { createPolledTask, type PolledTask } from './polledTask';
import { urgencyOf } from './urgency';
import { createWatch, type Watch } from './watch';
import type { TaskWatchRequest, TaskWatchResult } from './watchTypes';

export type { TaskWatchRequest, TaskWatchResult } from './watchTypes';

/** Waits on Proxmox tasks with at most one request a second for all of them together. */
export interface TaskPoller {
  /**
   * Waits on one task; several waits on one task share its polls. Rejects with Interrupted when the signal
   * aborts, with NotFound when the node does not know the task, and with errors of credentials or permissions.
   * An unreachable node is asked on until `stallAfterMs` is over.
   */
  watch(upid: Upid, request: TaskWatchRequest): Promise<TaskWatchResult>;
  /**
   * Tells that a task was started right now. Who waits on it within the next seconds need not look before its setup
   * is over, and its end can be expected before it was seen.
   */
  noteStart(upid: Upid): void;
  /** Ends all waits with Interrupted. */
  close(): void;
}

/** At most one request in this time, whatever the number of tasks (design: Talking to Proxmox). */
export const defaultPollEveryMs = 1_000;

/** Results don't wait for a poll: what is expected between polls is looked at so often. */
const lookEveryMs = 250;
/** So many polling times without a new line before a task's status is asked. */
const silentPolls = 5;
/** So many short tasks of one node that are due are asked for together, by the list of its tasks. */
const listedTogether = 3;
/** What is known of a task is kept so long after its last wait: often the next wait follows at once. */
const keptMs = 10_000;

/** A task with those who wait on it. */
interface Entry {
  readonly task: PolledTask;
  readonly watches: Set<Watch>;
  setupSeconds: number;
  /** Since when nobody waits. */
  idleSinceMs: number;
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
  const closing = new AbortController();
  /**
   * Of whichever task of a type was measured last: tells when to look at one that was not measured yet. A download's
   * speed tells nothing of a migration's.
   */
  const typicalBytesPerSecond = new Map<string, number>();

  function schedule(waitMs: number): void {
    const isWaitedFor = [...entries.values()].some(({ watches }) => watches.size > 0);
    if (timer === undefined && isWaitedFor) timer = setTimeout(tick, waitMs);
  }

  function tick(): void {
    timer = undefined;
    const nowMs = clock.nowMs();
    for (const entry of entries.values()) tell(entry, nowMs);
    const mayAsk = nowMs - lastRequestMs >= pollEveryMs;
    const due = mayAsk ? dueEntries([...entries.values()], nowMs, pollEveryMs) : [];
    const [first] = due;
    if (first !== undefined) {
      lastRequestMs = nowMs;
      const listed = listable(due, nowMs);
      void (listed.length < listedTogether ? poll(first) : pollTogether(listed));
    }
    schedule(Math.min(lookEveryMs, pollEveryMs));
  }

  async function poll(entry: Entry): Promise<void> {
    await entry.task.poll();
    const { type } = entry.task.upid;
    const speed = typicalSpeed(entry.task, entry.setupSeconds, typicalBytesPerSecond.get(type));
    if (speed !== undefined) typicalBytesPerSecond.set(type, speed);
    tell(entry, clock.nowMs());
  }

  async function pollTogether(listed: readonly Entry[]): Promise<void> {
    const node = listed[0]?.task.upid.node ?? '';
    const rows = recentTasks(client, node, { signal: closing.signal });
    await Promise.all(listed.map(async ({ task }) => task.see(rows)));
    const nowMs = clock.nowMs();
    for (const entry of listed) tell(entry, nowMs);
  }

  /** Tells the waiting ones, and lets go those that have their result. */
  function tell(entry: Entry, nowMs: number): void {
    for (const watch of entry.watches) {
      const state = watch.update(entry.task, nowMs, typicalBytesPerSecond.get(entry.task.upid.type));
      if (state !== 'waiting') remove(entry, watch);
      // All who wait on it are told in this same round.
      if (state === 'over') entries.delete(entry.task.upid.text);
    }
  }

  function remove(entry: Entry, watch: Watch): void {
    entry.watches.delete(watch);
    entry.idleSinceMs = clock.nowMs();
  }

  function entryOf(upid: Upid, startedAtMs?: number): Entry {
    const nowMs = clock.nowMs();
    for (const [text, { watches, idleSinceMs }] of entries) {
      if (watches.size === 0 && nowMs - idleSinceMs > keptMs) entries.delete(text);
    }
    const entry = entries.get(upid.text) ?? {
      task: createPolledTask(client, upid, clock, silentPolls * pollEveryMs, startedAtMs),
      watches: new Set<Watch>(),
      setupSeconds: 0,
      idleSinceMs: nowMs,
    };
    entries.set(upid.text, entry);
    return entry;
  }

  return {
    async watch(upid, request) {
      const entry = entryOf(upid);
      entry.setupSeconds = request.plan.setupSeconds;
      const watch = createWatch(upid, request, pollEveryMs, () => remove(entry, watch));
      entry.watches.add(watch);
      schedule(0);
      return watch.result;
    },
    noteStart(upid) {
      entryOf(upid, clock.nowMs());
    },
    close() {
      clearTimeout(timer);
      closing.abort();
      for (const { task, watches } of entries.values()) {
        task.cancel();
        for (const watch of watches) watch.interrupt('the poller was closed');
      }
      entries.clear();
    },
  };
}

/** The tasks whose next poll is due, the most overdue first, measured by how often each is worth asking. */
function dueEntries(entries: readonly Entry[], nowMs: number, shortestMs: number): readonly Entry[] {
  return entries
    .filter(({ task, watches }) => !task.isBusy && watches.size > 0)
    .map((entry) => {
      const { task, watches } = entry;
      const urgencies = [...watches].map((watch) => urgencyOf(task, watch, nowMs, shortestMs));
      return { entry, urgency: Math.max(...urgencies) };
    })
    .filter(({ urgency }) => urgency > 0)
    .toSorted((left, right) => right.urgency - left.urgency)
    .map(({ entry }) => entry);
}

/** Those that can be asked for together with the first one; none where that is to be asked for alone. */
function listable(due: readonly Entry[], nowMs: number): readonly Entry[] {
  const isShort = ({ task, watches }: Entry) =>
    task.isListable(nowMs) && [...watches].every(({ plansCopy }) => !plansCopy);
  const [first] = due;
  if (first === undefined || !isShort(first)) return [];
  return due.filter((entry) => entry.task.upid.node === first.task.upid.node && isShort(entry));
}
