import type { DecisionChoice } from '../../domain/decision';
import { problem, problemText, type Problem } from '../../domain/errors';
import { actingNames } from '../../domain/runbook/uses';
import { textOf, type RunValues } from '../../domain/runbook/values';
import { stepsAround } from '../shared/stepsAround';
import type { StepFailure } from '../shared/stepRun';
import { remedyFor } from './remedy';
import type { RoundRun } from './run';

/** The question after a failure. */
export function failed(run: RoundRun, failure: Problem): StepFailure {
  const it = { ...failure, remedy: remedyFor(run.round, failure) };
  return {
    kind: 'stepFailed',
    title: `${run.round.title}: failed`,
    problem: it,
    seen: `${stepsAround(run.step)} ${problemText(it)}`.slice(0, 1000),
    choices: choices(run, 'retry', 'skip'),
  };
}

/** The question of a step that is a person's. */
export function gate(run: RoundRun): StepFailure {
  const { planned, title } = run.round;
  const what = withValues(planned.instructions.trim() || title, run.values);
  return {
    kind: 'gate',
    title: `For a person: ${title}`,
    problem: problem('NeedsPerson', {
      attempted: title,
      failed: 'this step is for a person',
      remedy: what.slice(0, 2000),
    }),
    seen: stepsAround(run.step),
    choices: choices(run, 'done'),
  };
}

/** The question before a destructive step whose object was not known when the plan was approved; none if it has its yes. */
export function confirmation(run: RoundRun): StepFailure | undefined {
  const { plan, round, record, step, values } = run;
  if (!plan.asksBefore.includes(round.planned.id)) return undefined;
  const isConfirmed = step.operation.state.decisions.some(
    ({ stepId, kind, answer }) => stepId === record.id && kind === 'destructive' && answer?.choice === 'run',
  );
  if (isConfirmed) return undefined;
  const names = [...actingNames(round.planned), ...Object.keys(round.item)];
  const known = names.flatMap((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? [] : [`${name} = ${textOf(value)}`];
  });
  return {
    kind: 'destructive',
    title: `About to destroy: ${round.title}`,
    problem: problem('NeedsPerson', {
      attempted: shownWith(run),
      failed: 'it destroys something that was not known yet when the plan was approved',
      remedy: 'Look at what it names; run does exactly this.',
    }),
    seen: known.join('; ').slice(0, 1000),
    choices: choices(run, 'run', 'skip'),
  };
}

/** The question about a task that shows nothing new. */
export function stalled(run: RoundRun, it: Problem): StepFailure {
  return { ...failed(run, it), kind: 'stalled', choices: choices(run, 'wait') };
}

/** What a step does with the values of now in their places. */
export function shownWith({ round: { planned }, values }: RoundRun): string {
  return withValues(planned.shown, values);
}

function withValues(text: string, values: RunValues): string {
  return text.replace(/\{\{([^{}]+)\}\}/g, (place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? place : textOf(value);
  });
}

function choices({ hasCleanup }: RoundRun, ...first: readonly DecisionChoice[]): readonly DecisionChoice[] {
  return [...first, ...(hasCleanup ? (['cleanup'] as const) : []), 'abort'];
}
