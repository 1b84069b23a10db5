import type { Bin } from './bin';
import type { Load } from './load';
import type { AllowedBins, Placement } from './placement';

/** How many single comparisons a search may make: bounds the time of a plan, and is the same on every machine. */
export class SearchBudget {
  #left: number;

  constructor(comparisons: number) {
    this.#left = comparisons;
  }

  /** Whether one more comparison may be made; counts it. */
  spend(): boolean {
    this.#left -= 1;
    return this.#left >= 0;
  }
}

/** Whether two placed loads could change places. */
export function canSwap(a: Load, aBin: Bin, b: Load, bBin: Bin, allowed: AllowedBins): boolean {
  return (
    (allowed.get(a)?.includes(bBin) ?? false) &&
    (allowed.get(b)?.includes(aBin) ?? false) &&
    bBin.fits(a, b) &&
    aBin.fits(b, a)
  );
}

/** Takes a placed load to another bin. */
export function shift(load: Load, to: Bin, placement: Placement): void {
  placement.get(load)?.remove(load);
  to.add(load);
  placement.set(load, to);
}

/** Lets two placed loads change places. */
export function swap(a: Load, b: Load, placement: Placement): void {
  const aBin = placement.get(a);
  const bBin = placement.get(b);
  if (aBin === undefined || bBin === undefined) return;
  shift(a, bBin, placement);
  shift(b, aBin, placement);
}
