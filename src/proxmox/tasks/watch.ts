import { ManagerError, problem } from '../../domain/errors';
import type { Upid } from '../../domain/upid';
import type { TaskWatchRequest, TaskWatchResult } from './watchTypes';
import { estimateTask, type Estimate } from './estimate';
import { copiedBytesOf } from './migrationLog';
import { createSampler } from './sampler';
import type { PolledTask } from './polledTask';

/** Where a wait is after an update. */
type WatchState = 'waiting' | 'settled' | 'over';

/** Between two polls that are closer it is chance which lines they find. */
const surelyMeasuredMs = 3_000;

/** So many polls go by at most until a copy is looked at once, with some others under way. */
const pollsToBeSeen = 4;

/** One wait on a task. */
export interface Watch {
  readonly result: Promise<TaskWatchResult>;
  readonly stallAfterMs: number;
  readonly until: TaskWatchRequest['until'];
  readonly othersWait: boolean;
  readonly setupSeconds: number;
  /** What is known to be copied is followed by its log alone. */
  readonly plansCopy: boolean;
  /** As requested; undefined: no sample is wanted. */
  readonly sampleAfterMs: number | undefined;
  /** Seconds until what is waited for is predicted to happen, as of the last update; undefined if unknown. */
  secondsToEvent(): number | undefined;
  /**
   * Reports progress and settles the result if it is there. `over`: nothing more is to be learnt of this task.
   * `settled`: another wait may go on where this one ended.
   */
  update(task: PolledTask, nowMs: number, typicalBytesPerSecond: number | undefined): WatchState;
  /** Rejects with Interrupted. */
  interrupt(why: string): void;
}

/**
 * Starts waiting on a task that is polled once in `pollEveryMs` at best. `onInterrupt` is called after the request's
 * signal has interrupted the wait.
 */
export function createWatch(
  upid: Upid,
  request: TaskWatchRequest,
  pollEveryMs: number,
  onInterrupt: () => void,
): Watch {
  const { promise, resolve, reject } = withResolvers<TaskWatchResult>();
  let last: Estimate | undefined;
  let silentBeforeMs: number | undefined;
  const sampler = createSampler(request);

  function settle<T extends WatchState>(state: T, act: () => void): T {
    request.signal?.removeEventListener('abort', onAbort);
    act();
    return state;
  }

  function interrupt(why: string): void {
    settle('settled', () => {
      reject(
        new ManagerError(problem('Interrupted', { attempted: `wait for task ${upid.text}`, failed: why })),
      );
    });
    onInterrupt();
  }

  function onAbort(): void {
    interrupt('the wait was cancelled');
  }

  function update(task: PolledTask, nowMs: number, typicalBytesPerSecond: number | undefined): WatchState {
    if (task.failure !== undefined) return settle('over', () => reject(task.failure));
    if (task.exit !== undefined) return settle('over', () => resolve(endedResult(task)));
    last = estimateTask(task, request, nowMs, typicalBytesPerSecond, last?.progress.copiedBytes ?? 0);
    request.onProgress?.(last.progress);
    const sample = sampler.take(task, nowMs);
    const ending = copyEnding(last, task);
    if (ending !== undefined) return settle('settled', () => resolve(ending));
    if (sample !== undefined)
      return settle('settled', () => resolve({ kind: 'sample', bytesPerSecond: sample }));
    // Who waits on after a stall waits a whole time again.
    silentBeforeMs = Math.min(silentBeforeMs ?? task.silentForMs, task.silentForMs);
    if (task.silentForMs - silentBeforeMs < request.stallAfterMs) return 'waiting';
    const lastLine = task.unreachable ?? task.log.lastLine;
    return settle('settled', () => resolve({ kind: 'stalled', lastLine, silentForMs: task.silentForMs }));
  }

  function copyEnding(estimate: Estimate, task: PolledTask): TaskWatchResult | undefined {
    const { progress } = estimate;
    const isUnseen = isTooShortToSee(estimate, pollEveryMs);
    const expected = isUnseen ? estimate.secondsToCopyEnd : progress.secondsLeft;
    const secondsLeft = task.log.copyDone ? 0 : expected;
    if (request.until !== 'copyEnding' || secondsLeft === undefined) return undefined;
    if (secondsLeft > request.plan.setupSeconds) return undefined;
    const bytesPerSecond = sampler.soFar() ?? task.speed.recent(surelyMeasuredMs);
    return { kind: 'copyEnding', secondsLeft, ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }) };
  }

  // A signal that was aborted before has no event any more; the caller adds this wait first, so it ends later.
  if (request.signal?.aborted) queueMicrotask(onAbort);
  else request.signal?.addEventListener('abort', onAbort, { once: true });

  return {
    result: promise,
    stallAfterMs: request.stallAfterMs,
    until: request.until,
    othersWait: request.othersWait ?? false,
    setupSeconds: request.plan.setupSeconds,
    plansCopy: request.plan.ramBytes + request.plan.diskBytes > 0,
    sampleAfterMs: request.sampleAfterMs,
    secondsToEvent() {
      if (last?.secondsToCopyEnd === undefined) return undefined;
      // Clean-up takes about as long as setup.
      const { setupSeconds } = request.plan;
      return last.secondsToCopyEnd + (request.until === 'ended' ? setupSeconds : -setupSeconds);
    },
    update,
    interrupt,
  };
}

/**
 * A copy that lasts only some polls, which all waits share, may end before it is looked at: then its expected end
 * counts. Longer ones must have been seen, so that a copy that hangs keeps its lane.
 */
function isTooShortToSee({ unseenCopySeconds }: Estimate, pollEveryMs: number): boolean {
  return unseenCopySeconds !== undefined && unseenCopySeconds * 1000 <= pollsToBeSeen * pollEveryMs;
}

function endedResult(task: PolledTask): TaskWatchResult {
  const { exit = { kind: 'unexpectedStatus', text: 'unexpected status' }, log } = task;
  const bytesPerSecond = task.speed.average();
  return {
    kind: 'ended',
    exit,
    logTail: [...log.tail],
    copiedBytes: copiedBytesOf(log),
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond: Math.round(bytesPerSecond) }),
    ...(log.downtimeMs === undefined ? {} : { downtimeMs: log.downtimeMs }),
  };
}

/** As `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onValue, onReason) => {
    resolve = onValue;
    reject = onReason;
  });
  return { promise, resolve, reject };
}
