import type { RenderedStep } from '../../domain/runbook/plan';
import { stepPlace, stepTerms } from '../../domain/rendering/runbookSteps';
import { printable, printableLine } from '../../domain/rendering/text';
import type { Output } from '../output';

/** A step of a runbook as it will be done, what it expects, and whether it destroys something. */
export function stepView(output: Output, step: RenderedStep, asksBefore: readonly string[]): string {
  const { bold, yellow, dim } = output.colors;
  const mark = asksBefore.includes(step.id)
    ? yellow(' DESTROYS (asks again before, with what it then names)')
    : step.destructive
      ? yellow(' DESTROYS')
      : '';
  return [
    `${bold(`${step.id}  ${printable(step.title)}`)}  ${dim(`[${step.kind}, ${stepPlace(step)}]`)}${mark}`,
    ...step.shown.split('\n').map((line) => `    ${printableLine(line)}`),
    ...stepTerms(step).map((line) => dim(`    - ${printable(line)}`)),
  ].join('\n');
}
