import { setTimeout as delay } from 'node:timers/promises';

const firstPauseMs = 20;
/** Each look may be a query to a workflow, which three processes work on: many tests beside each other must not spend the machine on looking. */
const longestPauseMs = 300;
const slower = 1.5;

/** Resolves with the first value that `look` gives, looking ever less often; rejects with `what` after `withinMs`. */
export async function waitUntil<T>(
  what: string,
  look: () => Promise<T | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * slower, longestPauseMs)) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs / 1000} s in vain for ${what}`);
    await delay(pauseMs);
  }
}
