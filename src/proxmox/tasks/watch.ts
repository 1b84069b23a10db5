import { ManagerError, problem } from '../../domain/errors';
import type { TaskProgress } from '../../domain/progress';
import type { Upid } from '../../domain/upid';
import type { TaskWatchRequest, TaskWatchResult } from './watchTypes';
import type { PolledTask } from './polledTask';
import { viewCopy } from './prediction';

/** One wait on a task. */
export interface Watch {
  readonly result: Promise<TaskWatchResult>;
  readonly stallAfterMs: number;
  /** Seconds until what is waited for is predicted to happen, as of the last update; undefined if unknown. */
  secondsToEvent(): number | undefined;
  /** Reports progress and settles the result if it is there. */
  update(task: PolledTask, nowMs: number): 'settled' | 'waiting';
  /** Rejects with Interrupted. */
  interrupt(why: string): void;
}

/** Copied so far and the speed, between polls as they are expected to be. */
interface Estimate {
  readonly progress: TaskProgress;
  readonly isCopyDone: boolean;
}

/** Starts waiting. `onAbort` is called after the request's signal has interrupted the wait. */
export function createWatch(upid: Upid, request: TaskWatchRequest, onInterrupt: () => void): Watch {
  const { promise, resolve, reject } = withResolvers<TaskWatchResult>();
  let last: Estimate | undefined;

  function settle(act: () => void): 'settled' {
    request.signal?.removeEventListener('abort', onAbort);
    act();
    return 'settled';
  }

  function interrupt(why: string): void {
    settle(() => {
      reject(
        new ManagerError(problem('Interrupted', { attempted: `wait for task ${upid.text}`, failed: why })),
      );
    });
    onInterrupt();
  }

  function onAbort(): void {
    interrupt('the wait was cancelled');
  }

  function update(task: PolledTask, nowMs: number): 'settled' | 'waiting' {
    if (task.failure !== undefined) return settle(() => reject(task.failure));
    if (task.exit !== undefined) return settle(() => resolve(endedResult(task)));
    last = estimate(task, request, nowMs, last?.progress.copiedBytes ?? 0);
    request.onProgress?.(last.progress);
    const result = copyEnding(last) ?? stalled(task);
    return result === undefined ? 'waiting' : settle(() => resolve(result));
  }

  function copyEnding({ progress, isCopyDone }: Estimate): TaskWatchResult | undefined {
    const secondsLeft = isCopyDone ? 0 : progress.secondsLeft;
    if (request.until !== 'copyEnding' || secondsLeft === undefined) return undefined;
    if (secondsLeft > request.plan.setupSeconds) return undefined;
    return { kind: 'copyEnding', bytesPerSecond: progress.bytesPerSecond, secondsLeft };
  }

  function stalled(task: PolledTask): TaskWatchResult | undefined {
    if (task.silentForMs < request.stallAfterMs) return undefined;
    return {
      kind: 'stalled',
      lastLine: task.unreachable ?? task.log.lastLine,
      silentForMs: task.silentForMs,
    };
  }

  // A signal that was aborted before has no event any more; the caller adds this wait first, so it ends later.
  if (request.signal?.aborted) queueMicrotask(onAbort);
  else request.signal?.addEventListener('abort', onAbort, { once: true });

  return {
    result: promise,
    stallAfterMs: request.stallAfterMs,
    secondsToEvent() {
      if (last === undefined) return undefined;
      if (last.isCopyDone) return 0;
      const { secondsLeft } = last.progress;
      if (secondsLeft === undefined || request.until === 'ended') return secondsLeft;
      return secondsLeft - request.plan.setupSeconds;
    },
    update,
    interrupt,
  };
}

/** Between polls a copy may have been slower than expected: what was shown is not taken back (`shownBytes`). */
function estimate(task: PolledTask, request: TaskWatchRequest, nowMs: number, shownBytes: number): Estimate {
  const { log, moving } = task;
  const view = viewCopy(log, request.plan);
  const bytesPerSecond = moving === undefined ? 0 : (task.speed.recent() ?? 0);
  const expected = moving === undefined ? 0 : (bytesPerSecond * (nowMs - moving.atMs)) / 1000;
  const remaining =
    view.remainingBytes === undefined ? undefined : Math.max(0, view.remainingBytes - expected);
  const isPredictable = remaining !== undefined && bytesPerSecond > 0;
  return {
    isCopyDone: log.copyDone,
    progress: {
      upid: task.upid.text,
      vmid: request.vmid,
      copiedBytes: Math.round(Math.min(view.totalBytes, Math.max(shownBytes, view.copiedBytes + expected))),
      totalBytes: view.totalBytes,
      bytesPerSecond: Math.round(bytesPerSecond),
      lastLine: task.unreachable ?? log.lastLine,
      ...(isPredictable ? { secondsLeft: remaining / bytesPerSecond } : {}),
    },
  };
}

function endedResult(task: PolledTask): TaskWatchResult {
  const { exit = { kind: 'unexpectedStatus', text: 'unexpected status' }, log } = task;
  const copied = viewCopy(log, { ramBytes: 0, diskBytes: 0, setupSeconds: 0 }).copiedBytes;
  const bytesPerSecond = task.speed.average();
  return {
    kind: 'ended',
    exit,
    logTail: [...log.tail],
    copiedBytes: copied,
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
