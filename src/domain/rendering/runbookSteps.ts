import { expectationText } from '../runbook/expectation';
import { expressionText } from '../runbook/expression';
import type { RenderedStep } from '../runbook/plan';
import { shownText } from '../runbook/text';
import type { RunbookPlan } from '../runbookPlan';
import { formatDuration } from './sizes';

/** The steps that a plan does: from the one it begins at. */
export function stepsToDo({ runbook, fromStep }: RunbookPlan): readonly RenderedStep[] {
  const first = runbook.steps.findIndex(({ id }) => id === fromStep);
  return runbook.steps.slice(Math.max(0, first));
}

/** Where a step is done, e.g. `SSH on pve01`. */
export function stepPlace({ executor, place }: RenderedStep): string {
  switch (place.at) {
    case 'node':
      return `${executor} on ${shownText(place.node)}`;
    case 'everyNode':
      return `${executor} on every node`;
    case 'worker':
      return "the worker's machine";
    case 'cluster':
      return executor === 'human' ? 'a person' : executor;
  }
}

/** What a step depends on, repeats and expects, one thing a line. */
export function stepTerms(step: RenderedStep): readonly string[] {
  const { when, unless, forEach, poll, timeoutMs, cleanup, expectations, captures } = step;
  const list =
    forEach === undefined ? '' : 'value' in forEach.items ? forEach.items.value : forEach.items.join(', ');
  return [
    ...(cleanup === undefined
      ? []
      : [cleanup === 'always' ? 'at the end, always' : 'at the end, if the run failed']),
    ...(when === undefined ? [] : [`only when ${expressionText(when)}`]),
    ...(unless === undefined ? [] : [`not if ${expressionText(unless)}`]),
    ...(forEach === undefined
      ? []
      : [
          `for each of ${list}${forEach.parallel > 1 ? `, ${String(forEach.parallel)} at once` : ''}${forEach.onError === 'continue' ? ', going on after failures' : ''}`,
        ]),
    ...(poll === undefined
      ? []
      : [
          `again every ${formatDuration(poll.everyMs / 1000)}${timeoutMs === undefined ? '' : ` for ${formatDuration(timeoutMs / 1000)}`}; then: ${poll.onTimeout}`,
        ]),
    ...expectations.map((it) => `expects ${expectationText(it)}`),
    ...captures.map(
      ({ name, path }) => `captures ${name}${path.length === 0 ? '' : ` from ${path.join('/')}`}`,
    ),
  ];
}
