import { logNormal, randomFrom } from './random';

/** Bytes of a GiB. */
export const GiB = 2 ** 30;
/** Bytes of a MiB. */
export const MiB = 2 ** 20;

/** What decides how long a guest's migration takes. */
export interface BenchGuest {
  readonly vmid: number;
  /** All of it is in use and copied. */
  readonly memoryBytes: number;
  readonly dirtyBytesPerSecond: number;
}

/** The network and the overheads of the evacuation that is measured. */
export const physics = {
  linkBytesPerSecond: 1.1 * GiB,
  streamBytesPerSecond: 0.5 * GiB,
  setupSeconds: 3,
  teardownSeconds: 3,
} as const;

/**
 * Guests as the issue draws them: RAM lognormal(ln 6 GiB, 0.9) clipped to 0.5..256 GiB, then dirty rate
 * lognormal(ln 20 MiB/s, 1.0), guest by guest from one seed. RAM is rounded to MiB, as Proxmox configures it.
 */
export function benchGuests(count: number, seed: number): readonly BenchGuest[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, at) => {
    const memoryGiB = Math.min(256, Math.max(0.5, logNormal(random, 6, 0.9)));
    const dirtyBytesPerSecond = Math.round(logNormal(random, 20, 1) * MiB);
    return { vmid: 1001 + at, memoryBytes: Math.round(memoryGiB * 1024) * MiB, dirtyBytesPerSecond };
  });
}
