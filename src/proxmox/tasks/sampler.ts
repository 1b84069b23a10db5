import type { PolledTask } from './polledTask';
import type { TaskWatchRequest } from './watchTypes';

/** Measures the speed of a copy within one wait, from polls that lie far apart: a log's figures are up to 1 s old. */
export interface Sampler {
  /** Takes in the last poll; bytes per second once the wanted time was seen, if a sample is wanted. */
  take(task: PolledTask, nowMs: number): number | undefined;
  /** Bytes per second if at least half of the time was seen. */
  soFar(): number | undefined;
}

/** What is measured over if no sample is wanted. */
const usualSampleMs = 12_000;

/**
 * Makes a sampler. What was seen before the wait, or within one setup time after it began, is left out: then another
 * migration that has just begun takes its part as well.
 */
export function createSampler({ sampleAfterMs, plan }: TaskWatchRequest): Sampler {
  let notBeforeMs: number | undefined;
  let first: PolledTask['moving'];
  let last: PolledTask['moving'];

  function rateOver(leastMs: number): number | undefined {
    const elapsedMs = (last?.atMs ?? 0) - (first?.atMs ?? 0);
    if (first === undefined || last === undefined || elapsedMs < leastMs) return undefined;
    return Math.round(((last.copiedBytes - first.copiedBytes) * 1000) / elapsedMs);
  }

  return {
    take({ moving, log }, nowMs) {
      notBeforeMs ??= nowMs + plan.setupSeconds * 1000;
      if (moving !== undefined && moving.atMs >= notBeforeMs && !log.copyDone) {
        first ??= moving;
        last = moving;
      }
      return sampleAfterMs === undefined ? undefined : rateOver(sampleAfterMs);
    },
    soFar: () => rateOver((sampleAfterMs ?? usualSampleMs) / 2),
  };
}
