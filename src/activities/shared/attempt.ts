import { activityInfo, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ManagerError, problem } from '../../domain/errors';
import { toFailure } from './failures';

/** Beats are this often, whatever the activity waits for: cancellation arrives with them. */
const beatEveryMs = 2_000;

/**
 * An attempt that could not beat for so long may have been given to another worker (heartbeat timeout 10 s):
 * it must not change anything any more.
 */
const staleAfterMs = 8_000;

/** One attempt of an activity: what it may use to be cancelled, to report progress, and to stay the only one. */
export interface ActivityAttempt {
  /** Aborts when the activity is cancelled or its worker shuts down. */
  readonly signal: AbortSignal;
  /** No other attempt of this activity was begun before. */
  readonly isFirst: boolean;
  /** What the attempt before told last, if anything. */
  readonly remembered: unknown;
  /** What the beats tell from now on: progress, or a task id. */
  tell(details: unknown): void;
  /** Tells now, instead of with the next beat. */
  tellNow(details: unknown): void;
  /**
   * Tells the server itself and returns once it knows: beats are throttled, so a worker that dies right after one may
   * have told nobody. Throws Interrupted where that can't be done, or where this attempt is not the present one.
   */
  tellForSure(details: unknown): Promise<void>;
  /** Throws Interrupted if this attempt may not be the only one any more. Call it right before a changing request. */
  requireAlive(): void;
}

/**
 * Makes an activity from a body: beats on a timer of its own, cancellation as a signal, errors mapped in one place.
 */
export function activity<Input extends unknown[], Output>(
  body: (attempt: ActivityAttempt, ...input: Input) => Promise<Output>,
): (...input: Input) => Promise<Output> {
  return async (...input) => {
    const context = Context.current();
    const heart = startHeart(context);
    try {
      return await body(heart.attempt, ...input);
    } catch (error) {
      if (context.cancellationSignal.aborted && isInterrupted(error)) throw interruption(context);
      throw toFailure(error);
    } finally {
      heart.stop();
    }
  };
}

function startHeart(context: Context): { readonly attempt: ActivityAttempt; readonly stop: () => void } {
  const remembered: unknown = activityInfo().heartbeatDetails;
  let details: unknown = remembered;
  let lastBeat = performance.now();
  let stale = false;

  function beat(): void {
    if (performance.now() - lastBeat > staleAfterMs) stale = true;
    lastBeat = performance.now();
    context.heartbeat(details);
  }

  beat();
  const timer = setInterval(beat, beatEveryMs);
  return {
    stop: () => clearInterval(timer),
    attempt: {
      signal: context.cancellationSignal,
      isFirst: activityInfo().attempt === 1,
      remembered,
      tell: (next) => {
        details = next;
      },
      tellNow: (next) => {
        details = next;
        beat();
      },
      tellForSure: async (next) => {
        // Told as a beat as well: no older one may follow and take its place.
        details = next;
        beat();
        await recordNow(context, next);
      },
      requireAlive: () => {
        const silentMs = performance.now() - lastBeat;
        if (!stale && silentMs <= staleAfterMs && !context.cancellationSignal.aborted) return;
        throw new ManagerError(
          problem('Interrupted', {
            attempted: 'send a changing request',
            failed:
              'this attempt was cancelled, or could not report for so long that another one may have begun',
          }),
        );
      },
    },
  };
}

async function recordNow({ client, info }: Context, details: unknown): Promise<void> {
  try {
    await client.withDeadline(Date.now() + staleAfterMs, async () =>
      client.activity.heartbeat(info.taskToken, details),
    );
  } catch (error) {
    throw new ManagerError(
      problem('Interrupted', {
        attempted: 'tell Temporal what is about to be done',
        failed: `it did not take it (${error instanceof Error ? error.message : 'unknown'}); nothing was sent`,
      }),
    );
  }
}

/** A worker that shuts down gives its activities back at once; everything else that aborts is a cancellation. */
function interruption(context: Context): Error {
  if (context.cancellationDetails?.workerShutdown === true) {
    return ApplicationFailure.retryable('the worker shuts down; another one goes on', 'WorkerShutdown');
  }
  return new CancelledFailure('cancelled');
}

function isInterrupted(error: unknown): boolean {
  return (
    (error instanceof ManagerError && error.code === 'Interrupted') ||
    (error instanceof Error && error.name === 'AbortError')
  );
}
