import type { LaneRule } from '../../../src/domain/evacuationPlan';
import {
  beginLook,
  emptyLanes,
  laneCopyEnding,
  laneEnded,
  laneObserved,
  laneStarted,
  mayStartNext,
  type LaneState,
  type LookBegin,
} from '../../../src/planning/rules/lanes';

/** A network and guests, in GiB and GiB/s. */
export interface FluidCase {
  readonly link: number;
  readonly cap: number;
  readonly guests: readonly { readonly ram: number; readonly dirtyRate: number }[];
}

const setup = 3;
const teardown = 3;
const step = 0.1;

interface Stream {
  readonly vmid: number;
  readonly dirtyRate: number;
  phase: 'setup' | 'copy' | 'teardown';
  left: number;
  ending: boolean;
  /** When it began to be looked at. */
  look: LookBegin;
}

/** Mulberry32: the same numbers on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 40 guests as in the benchmark: RAM lognormal(ln 6 GiB, 0.9), dirty rate lognormal(ln 20 MiB/s, 1.0). */
export function fortyGuests(seed: number): FluidCase['guests'] {
  const random = randomFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: 40 }, () => ({
    ram: Math.min(256, Math.max(0.5, 6 * Math.exp(0.9 * normal()))),
    dirtyRate: Math.min(0.04, (20 / 1024) * Math.exp(normal())),
  })).sort((a, b) => b.ram - a.ram);
}

/** The hard bound, dirty pages counted at the best rate. */
export function bound({ link, cap, guests }: FluidCase): number {
  const best = Math.min(link, cap);
  const bytes = guests.map(({ ram, dirtyRate }) => (ram * best) / (best - dirtyRate));
  const sum = bytes.reduce((total, value) => total + value, 0);
  return setup + teardown + Math.max(sum / link, ...bytes.map((value) => value / best));
}

/** Runs the lane rule in a fluid model, as the workflow does: seconds until the last migration has ended. */
export function makespan(
  rule: LaneRule,
  it: FluidCase,
  sampleSeconds = Infinity,
): { readonly seconds: number; readonly most: number } {
  let lanes: LaneState = emptyLanes();
  let streams: Stream[] = [];
  let next = 0;
  let seconds = 0;
  let most = 0;
  while (next < it.guests.length || streams.length > 0) {
    for (
      let guest = it.guests[next];
      guest !== undefined && mayStartNext(rule, lanes);
      guest = it.guests[next]
    ) {
      lanes = laneStarted(lanes, next);
      streams.push({
        vmid: next,
        dirtyRate: guest.dirtyRate,
        phase: 'setup',
        left: setup,
        ending: false,
        look: beginLook(lanes),
      });
      next += 1;
    }
    const copying = streams.filter((stream) => stream.phase === 'copy');
    most = Math.max(most, copying.length);
    const rate = Math.min(it.cap, it.link / Math.max(1, copying.length));
    for (const stream of streams) {
      // QEMU allows a longer pause when a guest dirties faster than it is copied: it always ends.
      const gain = Math.max(rate - stream.dirtyRate, rate / 10);
      stream.left -= stream.phase === 'copy' ? step * gain : step;
      const secondsLeft = stream.left / gain;
      if (stream.phase === 'copy' && !stream.ending && secondsLeft <= setup) {
        lanes = laneCopyEnding(lanes, stream.vmid, {
          bytesPerSecond: rate,
          ...stream.look,
        });
        stream.ending = true;
      }
      if (stream.left > 0) continue;
      if (stream.phase === 'teardown') {
        lanes = laneEnded(lanes, stream.vmid);
        continue;
      }
      stream.left = stream.phase === 'setup' ? (it.guests[stream.vmid]?.ram ?? 0) : teardown;
      stream.phase = stream.phase === 'setup' ? 'copy' : 'teardown';
    }
    streams = streams.filter((stream) => stream.left > 0);
    seconds += step;
    if (
      copying.length > 0 &&
      Math.floor(seconds / sampleSeconds) > Math.floor((seconds - step) / sampleSeconds)
    ) {
      for (const stream of copying.filter(({ ending }) => !ending)) {
        lanes = laneObserved(lanes, { bytesPerSecond: rate, ...stream.look });
        stream.look = beginLook(lanes);
      }
    }
  }
  return { seconds, most };
}
