import type { Step } from '../../domain/step';
import type { OpenStep } from './state';

/** A step among the others of its operation. */
export interface StepAmongOthers {
  readonly operation: { readonly state: { readonly steps: readonly OpenStep[] } };
  readonly record: Pick<OpenStep, 'id'>;
}

/** Of the steps that are named. */
const mostTitles = 3;

/** What a question says of the steps around the one that failed, where steps run one after the other. */
export function stepsAround({ operation: { state }, record }: StepAmongOthers): string {
  const titles = (phase: Step['phase']) =>
    state.steps.filter((it) => it.id !== record.id && it.phase === phase).map((it) => it.title);
  const others = [...listed('left out', titles('skipped')), ...listed('failed', titles('failed'))].join('; ');
  const before = others === '' ? 'done' : `over (${others.slice(0, 400)})`;
  return `The steps before it are ${before}, none after it is begun.`;
}

function listed(word: string, names: readonly string[]): string[] {
  const more = names.length > mostTitles ? ` and ${names.length - mostTitles} more` : '';
  return names.length === 0 ? [] : [`${word}: ${names.slice(0, mostTitles).join(', ')}${more}`];
}
