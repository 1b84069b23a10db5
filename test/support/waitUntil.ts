import { setTimeout as delay } from 'node:timers/promises';

const firstPauseMs = 20;
/** Each look may be a query to a workflow, which three processes work on: many tests beside each other must not spend the machine on looking. */
const longestPauseMs = 500;
const slower = 1.5;

/** Codes of gRPC: the server, or the worker that it asked, had no time to answer. */
const noAnswerYet: readonly unknown[] = [4, 14];

/**
 * Resolves with the first value that `look` gives, looking ever less often; rejects with `what` after `withinMs`, which
 * only ends what hangs. What Temporal did not answer in time, on a busy machine, is asked again.
 */
export async function waitUntil<T>(
  what: string,
  look: () => Promise<T | undefined>,
  withinMs = 180_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * slower, longestPauseMs)) {
    const seen = await look().catch((error: unknown) => {
      if (performance.now() > deadline || !noAnswerYet.includes(codeOf(error))) throw error;
      return undefined;
    });
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
    await delay(pauseMs);
  }
}

/** The SDK wraps what gRPC threw. */
function codeOf(error: unknown): unknown {
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return typeof root === 'object' && root !== null && 'code' in root ? root.code : undefined;
}
