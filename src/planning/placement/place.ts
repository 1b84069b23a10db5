import type { Bin } from './bin';
import { SearchBudget } from './exchange';
import { lowerPeak } from './lowerPeak';
import type { Load } from './load';
import { makeRoom } from './makeRoom';
import type { AllowedBins, Placement } from './placement';

const comparisonsForRoom = 2_000_000;

/**
 * Places the loads: the largest first, each where the highest memory share stays lowest and, as long as that
 * costs nothing, where the fewest like guests are; then moves and swaps lower the peak (longest processing time
 * first, with local improvement). The same loads and bins in the same order give the same placement.
 */
export function place(allowed: AllowedBins, bins: readonly Bin[]): Placement {
  const placement: Placement = new Map();
  const loads = [...allowed.keys()].sort((a, b) => byDifficulty(a, b, allowed));
  const level = lowestPossiblePeak(loads, bins);
  const budget = new SearchBudget(comparisonsForRoom);
  for (const load of loads) {
    const candidates = (allowed.get(load) ?? []).filter((bin) => bin.fits(load));
    const bin = best(load, candidates, level) ?? makeRoom(load, allowed, placement, budget);
    if (bin === undefined) continue;
    bin.add(load);
    placement.set(load, bin);
  }
  lowerPeak(placement, allowed, bins, level);
  return placement;
}

/** No placement has a lower peak than this. */
function lowestPossiblePeak(loads: readonly Load[], bins: readonly Bin[]): number {
  const totalBytes = bins.reduce((sum, bin) => sum + bin.node.memoryTotalBytes, 0);
  const takenBytes = bins.reduce((sum, bin) => sum + bin.takenBytes, 0);
  const loadBytes = loads.reduce((sum, load) => sum + load.memoryBytes, 0);
  const largestBytes = loads.reduce((most, load) => Math.max(most, load.memoryBytes), 0);
  const highest = bins.reduce((most, bin) => Math.max(most, bin.shareWith(0)), 0);
  const lowestWithLargest = bins.reduce(
    (least, bin) => Math.min(least, bin.shareWith(largestBytes)),
    Infinity,
  );
  const average = (takenBytes + loadBytes) / Math.max(1, totalBytes);
  return Math.max(average, highest, largestBytes > 0 && bins.length > 0 ? lowestWithLargest : 0);
}

function byDifficulty(a: Load, b: Load, allowed: AllowedBins): number {
  const choices = (load: Load) => allowed.get(load)?.length ?? 0;
  const diskBytes = (load: Load) => [...load.storageBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  return (
    b.memoryBytes - a.memoryBytes ||
    choices(a) - choices(b) ||
    diskBytes(b) - diskBytes(a) ||
    a.guest.vmid - b.guest.vmid
  );
}

interface Score {
  readonly bin: Bin;
  /** The target's memory share with the load. */
  readonly share: number;
  readonly likeness: number;
}

/** As long as the peak is not raised, like guests are spread; else the lowest share counts. */
function best(load: Load, candidates: readonly Bin[], level: number): Bin | undefined {
  const isStopped = load.memoryBytes === 0;
  let chosen: Score | undefined;
  for (const bin of candidates) {
    const share = isStopped ? bin.potentialWith(load) : bin.shareWith(load.memoryBytes);
    const score = { bin, share, likeness: bin.likenessTo(load) };
    if (chosen === undefined || isBetter(score, chosen, isStopped ? Infinity : level)) chosen = score;
  }
  return chosen?.bin;
}

function isBetter(score: Score, chosen: Score, level: number): boolean {
  const costsNothing = score.share <= level;
  if (costsNothing !== chosen.share <= level) return costsNothing;
  if (costsNothing && score.likeness !== chosen.likeness) return score.likeness < chosen.likeness;
  if (score.share !== chosen.share) return score.share < chosen.share;
  return score.likeness < chosen.likeness;
}
