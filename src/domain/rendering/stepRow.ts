import type { RenderedStep } from '../runbook/plan';
import { stepPlace } from './runbookSteps';

/** A step of a runbook in four cells: id, what it is, where, and the first line of what it does. */
export function stepCells(step: RenderedStep, asksBefore: readonly string[]): readonly string[] {
  const [first = ''] = step.shown.split('\n', 1);
  const kind = step.destructive
    ? asksBefore.includes(step.id)
      ? 'DESTROYS, asks before'
      : 'DESTROYS'
    : step.kind;
  return [step.id, `${step.title} (${kind})`, stepPlace(step), first.slice(0, 120)];
}
