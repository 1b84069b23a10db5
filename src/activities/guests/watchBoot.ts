import { setTimeout as delay } from 'node:timers/promises';
import type { ActivityAttempt } from '../shared/attempt';
import { talosPort } from './talosApi';

/** How a boot is watched. */
export interface BootTimes {
  /** A machine that is not ready after this is not ready. */
  readonly patienceMs: number;
  /** Without an agent: still running after this. */
  readonly settleMs: number;
  /** From the beginning of one look to that of the next: one that lasts as long, as of a silent agent, is followed at once. */
  readonly everyMs: number;
  /** Port of Talos' API. */
  readonly talosPort: number;
}

/** How a boot is watched beside how long: cloud images boot in under a minute. */
export const bootTimes: Omit<BootTimes, 'patienceMs'> = {
  settleMs: 30_000,
  everyMs: 2_000,
  talosPort,
};

/** What a look is told beside what it looks at. */
export interface BootState {
  /** It has been watched for so long that still running counts. */
  readonly hasSettled: boolean;
  readonly talosPort: number;
}

/** Looks until a machine is ready, can't become so, or has not been for too long. The last report. */
export async function watchBoot<Report extends { readonly ready: boolean; readonly isFinal?: boolean }>(
  { signal, tell }: Pick<ActivityAttempt, 'signal' | 'tell'>,
  times: BootTimes,
  look: (state: BootState) => Promise<Report>,
): Promise<Report> {
  const begun = performance.now();
  for (;;) {
    const lookedAt = performance.now();
    const wentByMs = lookedAt - begun;
    const report = await look({ ...times, hasSettled: wentByMs >= times.settleMs });
    tell(report);
    if (report.ready || report.isFinal === true || wentByMs > times.patienceMs) return report;
    const tookMs = performance.now() - lookedAt;
    await delay(Math.max(0, times.everyMs - tookMs), undefined, { signal });
  }
}
