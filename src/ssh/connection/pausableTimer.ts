/** A time limit that can stand still while a person is asked something. */
export interface PausableTimer {
  pause(): void;
  resume(): void;
  clear(): void;
}

/** Starts a timer that calls back once, after `limitMs` of time not paused. */
export function startPausableTimer(limitMs: number, onTimeout: () => void): PausableTimer {
  let remainingMs = limitMs;
  let startedAtMs = performance.now();
  let timer: NodeJS.Timeout | undefined = setTimeout(onTimeout, remainingMs);

  function clear(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  return {
    pause() {
      if (timer === undefined) return;
      clear();
      remainingMs -= performance.now() - startedAtMs;
    },
    resume() {
      if (timer !== undefined) return;
      startedAtMs = performance.now();
      timer = setTimeout(onTimeout, remainingMs);
    },
    clear,
  };
}
