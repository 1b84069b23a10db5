import { copiedBytesOf, copiedDiskBytesOf, type MigrationLog } from './migrationLog';
import type { CopyPlan } from './watchTypes';

/** Copied bytes at a moment. */
interface Sample {
  readonly atMs: number;
  readonly copiedBytes: number;
}

/** Enough to smooth the log's coarse figures, few enough to follow a change of speed. */
const keptSamples = 5;

/**
 * Speed of a copy, measured while polling. Not taken from the log's own figures: these are averages from its
 * side, and nothing is to be predicted from them if the node's clock runs differently.
 */
export interface SpeedMeter {
  /** Adds what a poll that brought new lines showed. */
  add(sample: Sample): void;
  hasSample(): boolean;
  /** Of the last samples; undefined while there are fewer than two, or while they span less than `leastMs`. */
  recent(leastMs?: number): number | undefined;
  /** From the first sample to the last. */
  average(): number | undefined;
}

/** Makes a meter without samples. */
export function createSpeedMeter(): SpeedMeter {
  let first: Sample | undefined;
  let samples: readonly Sample[] = [];
  return {
    add(sample) {
      first ??= sample;
      samples = [...samples, sample].slice(-keptSamples);
    },
    hasSample: () => first !== undefined,
    recent: (leastMs = 0) => speedBetween(samples[0], samples.at(-1), leastMs),
    average: () => speedBetween(first, samples.at(-1)),
  };
}

function speedBetween(from: Sample | undefined, to: Sample | undefined, leastMs = 0): number | undefined {
  if (
    from === undefined ||
    to === undefined ||
    to.atMs <= from.atMs ||
    to.atMs - from.atMs < leastMs ||
    to.copiedBytes <= from.copiedBytes
  ) {
    return undefined;
  }
  return ((to.copiedBytes - from.copiedBytes) * 1000) / (to.atMs - from.atMs);
}

/** What a log means for one plan. */
export interface CopyView {
  readonly copiedBytes: number;
  readonly totalBytes: number;
  /** Undefined where it can't be told. */
  readonly remainingBytes: number | undefined;
}

/** Remaining: first all disks, then the memory (behaviour: 8.5). */
export function viewCopy(log: MigrationLog, plan: CopyPlan): CopyView {
  const copiedBytes = copiedBytesOf(log);
  const diskCopied = copiedDiskBytesOf(log);
  const mirrorTotal = [...log.mirrors.values()].reduce((sum, disk) => sum + disk.totalBytes, 0);
  const diskTotal = Math.max(plan.diskBytes, mirrorTotal, diskCopied);
  const ramTotal = Math.max(plan.ramBytes, log.ram?.totalBytes ?? 0);
  const totalBytes = Math.max(diskTotal + ramTotal, copiedBytes);
  if (log.copyDone) return { copiedBytes, totalBytes, remainingBytes: 0 };
  if (log.ram === undefined) {
    return { copiedBytes, totalBytes, remainingBytes: diskTotal - diskCopied + ramTotal };
  }
  // The memory goes last: its start tells that all disks are there, whatever their sizes were thought to be.
  const remainingBytes = log.dirtiesTooFast
    ? undefined
    : Math.max(0, log.ram.totalBytes - log.ram.copiedBytes);
  return { copiedBytes, totalBytes, remainingBytes };
}
