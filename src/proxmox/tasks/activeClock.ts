/** Time that this process really lived through. */
export interface ActiveClock {
  /** Milliseconds, as `performance.now`. */
  nowMs(): number;
  /** The same without the times in which nobody looked: the process or the machine was stopped. */
  activeMs(): number;
}

/** Both are called at least once a second, so a longer gap means that we were not running. */
const longestGapMs = 5_000;

/** Makes a clock; `activeMs` and `nowMs` must be called at least every few seconds. */
export function createActiveClock(now: () => number = () => performance.now()): ActiveClock {
  let lastMs = now();
  let lostMs = 0;

  function beat(): number {
    const currentMs = now();
    if (currentMs - lastMs > longestGapMs) lostMs += currentMs - lastMs;
    lastMs = currentMs;
    return currentMs;
  }

  return { nowMs: beat, activeMs: () => beat() - lostMs };
}
