import type { Bin } from './bin';
import { canSwap, SearchBudget, shift, swap } from './exchange';
import type { AllowedBins, Placement } from './placement';

const comparisons = 500_000;
/** Shares this near to each other are the same: steps below it are not worth a search. */
const leastGain = 1e-6;

interface Improvement {
  readonly peak: number;
  readonly apply: () => void;
}

/** Lowers the highest share, one move or swap at a time, until it can't be lowered or no placement has a lower one. */
export function lowerPeak(
  placement: Placement,
  allowed: AllowedBins,
  bins: readonly Bin[],
  level: number,
): void {
  const budget = new SearchBudget(comparisons);
  for (;;) {
    const peakBin = highest(bins);
    if (peakBin === undefined || peakBin.loads.size === 0) return;
    if (peakBin.shareWith(0) <= level + leastGain) return;
    const improvement =
      bestShift(peakBin, allowed, placement, budget) ?? bestSwap(peakBin, allowed, placement, budget);
    if (improvement === undefined) return;
    improvement.apply();
  }
}

function highest(bins: readonly Bin[]): Bin | undefined {
  const [first, ...others] = bins;
  if (first === undefined) return undefined;
  return others.reduce((peak, bin) => (bin.shareWith(0) > peak.shareWith(0) ? bin : peak), first);
}

function bestShift(
  peakBin: Bin,
  allowed: AllowedBins,
  placement: Placement,
  budget: SearchBudget,
): Improvement | undefined {
  let found: Improvement | undefined;
  for (const load of peakBin.loads) {
    if (load.memoryBytes === 0) continue;
    const left = peakBin.shareWith(-load.memoryBytes);
    for (const bin of allowed.get(load) ?? []) {
      if (!budget.spend()) return found;
      if (bin === peakBin) continue;
      const peak = Math.max(left, bin.shareWith(load.memoryBytes));
      if (!isLower(peak, peakBin, found) || !bin.fits(load)) continue;
      found = { peak, apply: () => shift(load, bin, placement) };
    }
  }
  return found;
}

function bestSwap(
  peakBin: Bin,
  allowed: AllowedBins,
  placement: Placement,
  budget: SearchBudget,
): Improvement | undefined {
  let found: Improvement | undefined;
  for (const load of peakBin.loads) {
    for (const [other, bin] of placement) {
      const change = load.memoryBytes - other.memoryBytes;
      if (bin === peakBin || change <= 0) continue;
      if (!budget.spend()) return found;
      const peak = Math.max(peakBin.shareWith(-change), bin.shareWith(change));
      if (!isLower(peak, peakBin, found) || !canSwap(load, peakBin, other, bin, allowed)) continue;
      found = { peak, apply: () => swap(load, other, placement) };
    }
  }
  return found;
}

function isLower(peak: number, peakBin: Bin, found: Improvement | undefined): boolean {
  return peak < Math.min(found?.peak ?? Infinity, peakBin.shareWith(0) - leastGain);
}
