import type { Output } from '../output';
import { ProgressBars } from './progressBars';
import { ProgressLines } from './progressLines';
import type { ProgressView } from './progressView';

/** Bars on a terminal; elsewhere a line for each event, without control characters. */
export function openProgressView(output: Output): ProgressView {
  const bars = output.progressScreen.isTTY === true && !output.json;
  return bars ? new ProgressBars(output) : new ProgressLines(output);
}

/** Shows nothing. */
export const noProgressView: ProgressView = {
  plan: () => undefined,
  update: () => undefined,
  pause: () => undefined,
};
