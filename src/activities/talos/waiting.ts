import { setTimeout as delay } from 'node:timers/promises';
import type { ReadyReport } from '../../domain/cluster/step';
import type { ActivityAttempt } from '../shared/attempt';

/** Looks until it is ready, can't become it any more, or for too long; the beats tell what is missing. */
export async function untilReady(
  attempt: Pick<ActivityAttempt, 'signal' | 'tell'>,
  { withinMs, everyMs }: { readonly withinMs: number; readonly everyMs: number },
  look: () => Promise<ReadyReport>,
): Promise<ReadyReport> {
  const begun = performance.now();
  for (;;) {
    const report = await look();
    attempt.tell(report);
    if (report.ready || report.isFinal === true || performance.now() - begun > withinMs) return report;
    await delay(everyMs, undefined, { signal: attempt.signal });
  }
}
