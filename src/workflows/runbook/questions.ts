import type { DecisionChoice } from '../../domain/decision';
import { problem, problemText, type Problem } from '../../domain/errors';
import { actingNames } from '../../domain/runbook/uses';
import { textOf } from '../../domain/runbook/values';
import type { StepFailure } from '../shared/stepRun';
import type { RoundRun } from './run';

/** The question after a failure. */
export function failed(run: RoundRun, it: Problem): StepFailure {
  return {
    kind: 'stepFailed',
    title: `${run.round.title}: failed`,
    problem: it,
    seen: `The steps before it are done, none after it is begun. ${problemText(it)}`.slice(0, 1000),
    choices: choices(run, 'retry', 'skip'),
  };
}

/** The question of a step that is a person's. */
export function gate(run: RoundRun): StepFailure {
  const { planned, title } = run.round;
  const what = planned.instructions.trim() === '' ? title : planned.instructions.trim();
  return {
    kind: 'gate',
    title: `For a person: ${title}`,
    problem: problem('NeedsPerson', {
      attempted: title,
      failed: 'this step is for a person',
      remedy: what.slice(0, 2000),
    }),
    seen: 'The steps before it are done, none after it is begun.',
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
  return planned.shown.replace(/\{\{([^{}]+)\}\}/g, (place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? place : textOf(value);
  });
}

function choices({ hasCleanup }: RoundRun, ...first: readonly DecisionChoice[]): readonly DecisionChoice[] {
  return [...first, ...(hasCleanup ? (['cleanup'] as const) : []), 'abort'];
}
