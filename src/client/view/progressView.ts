import type { EvacuationPlan } from '../../domain/evacuationPlan';
import type { OperationSnapshot } from '../operations/snapshot';
import type { Output } from '../output';
import { ProgressBars } from './progressBars';
import { ProgressLines } from './progressLines';

/** Shows an operation as it runs. */
export interface ProgressView {
  /** The plan whose guests are shown from now on. */
  plan(plan: EvacuationPlan): void;
  update(snapshot: OperationSnapshot): void;
  /** Makes room for something else on the terminal; the next update shows progress again. */
  pause(): void;
}

/** Bars on a terminal; elsewhere a line for each event, without control characters. */
export function progressView(output: Output): ProgressView {
  const bars = output.progressScreen.isTTY === true && !output.json;
  return bars ? new ProgressBars(output) : new ProgressLines(output);
}
