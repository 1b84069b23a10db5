import { physics, type BenchGuest } from './guests';

/** What must go over the wire for a guest at the best rate: RAM and what it writes meanwhile, M * b / (b - d). */
export function bestCaseBytes({ memoryBytes, dirtyBytesPerSecond }: BenchGuest): number {
  const best = Math.min(physics.streamBytesPerSecond, physics.linkBytesPerSecond);
  return (memoryBytes * best) / (best - dirtyBytesPerSecond);
}

/**
 * No schedule is faster (seconds): the source's link carries everything, each target's link its share, and the
 * largest guest goes through one stream; setup and teardown once.
 */
export function evacuationBound(
  guests: readonly BenchGuest[],
  targetOf: (vmid: number) => string | undefined,
): number {
  const { linkBytesPerSecond, streamBytesPerSecond, setupSeconds, teardownSeconds } = physics;
  const overheadSeconds = setupSeconds + teardownSeconds;
  const arriving = new Map<string, number>();
  let leavingBytes = 0;
  let longestSeconds = 0;
  for (const guest of guests) {
    const bytes = bestCaseBytes(guest);
    const target = targetOf(guest.vmid) ?? '';
    leavingBytes += bytes;
    arriving.set(target, (arriving.get(target) ?? 0) + bytes);
    const rate = Math.min(streamBytesPerSecond, linkBytesPerSecond);
    longestSeconds = Math.max(longestSeconds, bytes / rate);
  }
  const busiestBytes = Math.max(leavingBytes, ...arriving.values());
  return Math.max(busiestBytes / linkBytesPerSecond, longestSeconds) + overheadSeconds;
}
