import type { Bin } from './bin';
import { canSwap, shift, swap, type SearchBudget } from './exchange';
import type { Load } from './load';
import type { AllowedBins, Placement } from './placement';

/**
 * Finds room for a load that fits nowhere as things stand: one placed load goes elsewhere, or two change places.
 * Gives the bin that has room then, or undefined (and nothing is changed).
 */
export function makeRoom(
  load: Load,
  allowed: AllowedBins,
  placement: Placement,
  budget: SearchBudget,
): Bin | undefined {
  const bins = allowed.get(load) ?? [];
  return byShift(load, bins, allowed, placement, budget) ?? bySwap(load, bins, allowed, placement, budget);
}

function byShift(
  load: Load,
  bins: readonly Bin[],
  allowed: AllowedBins,
  placement: Placement,
  budget: SearchBudget,
): Bin | undefined {
  for (const bin of bins) {
    for (const leaving of bin.loads) {
      if (!budget.spend()) return undefined;
      if (!bin.fits(load, leaving)) continue;
      const elsewhere = allowed.get(leaving)?.find((other) => other !== bin && other.fits(leaving));
      if (elsewhere === undefined) continue;
      shift(leaving, elsewhere, placement);
      return bin;
    }
  }
  return undefined;
}

function bySwap(
  load: Load,
  bins: readonly Bin[],
  allowed: AllowedBins,
  placement: Placement,
  budget: SearchBudget,
): Bin | undefined {
  for (const bin of bins) {
    for (const leaving of [...bin.loads]) {
      for (const [coming, otherBin] of placement) {
        if (otherBin === bin) continue;
        if (!budget.spend()) return undefined;
        if (coming.memoryBytes >= leaving.memoryBytes || !canSwap(leaving, bin, coming, otherBin, allowed))
          continue;
        swap(leaving, coming, placement);
        if (bin.fits(load)) return bin;
        swap(leaving, coming, placement);
      }
    }
  }
  return undefined;
}
