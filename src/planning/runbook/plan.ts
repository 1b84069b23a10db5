import { ManagerError, problem } from '../../domain/errors';
import type { OperationTimes } from '../../domain/evacuationPlan';
import type { RenderedRunbook, RenderedStep } from '../../domain/runbook/plan';
import { actingNames, namesAskedFor } from '../../domain/runbook/uses';
import type { RunValues } from '../../domain/runbook/values';
import type { RunbookFile, RunbookPlan } from '../../domain/runbookPlan';
import { hashOf } from '../planHash';

/** What the plan of a run is made from. */
export interface RunbookPlanInput {
  readonly cluster: string;
  /** With the steps of called runbooks put in. */
  readonly runbook: RenderedRunbook;
  readonly files: readonly RunbookFile[];
  readonly nodes: readonly string[];
  readonly fromStep?: string;
  readonly captures: RunValues;
  readonly times: OperationTimes;
  readonly madeAt: Date;
  readonly warnings: readonly string[];
}

/** Makes the plan of a run. Throws InputInvalid where it can't begin at the wanted step. */
export function planRun(input: RunbookPlanInput): RunbookPlan {
  const { cluster, runbook, files, nodes, fromStep, captures } = input;
  const wanted = stepsFrom(runbook.steps, fromStep);
  requireKnown(wanted, captures, runbook.name);
  const destruction = destructionOf(wanted, captures);
  return {
    operation: 'runRunbook',
    hash: hashOf({
      operation: 'runRunbook',
      ...{ cluster, files, nodes, captures, parameters: runbook.parameters },
      fromStep: fromStep ?? null,
      steps: wanted.map(whatIsDone),
    }),
    ...{ cluster, runbook, files, nodes, captures },
    madeAt: input.madeAt.toISOString(),
    ...(fromStep === undefined ? {} : { fromStep }),
    ...destruction,
    times: input.times,
    warnings: [...runbook.warnings, ...input.warnings],
  };
}

/** Which destructive steps show everything that they touch, and which ask when they begin. Ids. */
export function destructionOf(
  steps: readonly RenderedStep[],
  captures: RunValues,
): Pick<RunbookPlan, 'destroys' | 'asksBefore'> {
  const destructive = steps.filter(({ destructive: destroys }) => destroys);
  const isOpen = (step: RenderedStep) => actingNames(step).some((name) => !Object.hasOwn(captures, name));
  return {
    destroys: destructive.filter((step) => !isOpen(step)).map(({ id }) => id),
    asksBefore: destructive.filter(isOpen).map(({ id }) => id),
  };
}

/** The steps of a plan that are done: from the one it begins at, and the clean-up. */
export function stepsFrom(
  steps: readonly RenderedStep[],
  fromStep: string | undefined,
): readonly RenderedStep[] {
  if (fromStep === undefined) return steps;
  const first = steps.findIndex(({ id }) => id === fromStep);
  const begin = steps[first];
  if (begin !== undefined) return steps.slice(first);
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `begin at the step ${fromStep}`,
      failed: 'the runbook has no step of this id',
      remedy: `Its steps are: ${steps.map(({ id }) => id).join(', ')}.`,
    }),
  );
}

/** What differs between two plans of one run, in words; never empty if the hashes differ. */
export function runbookDifference(before: RunbookPlan, after: RunbookPlan): readonly string[] {
  if (before.hash === after.hash) return [];
  const was = new Map(before.runbook.steps.map((step) => [step.id, JSON.stringify(whatIsDone(step))]));
  const is = new Map(after.runbook.steps.map((step) => [step.id, JSON.stringify(whatIsDone(step))]));
  const changedFiles = after.files.filter(
    ({ name, sha256 }) => before.files.find((it) => it.name === name)?.sha256 !== sha256,
  );
  const differences = [
    ...changedFiles.map(({ name }) => `The file of the runbook ${name} has changed.`),
    ...after.runbook.steps.filter(({ id }) => !was.has(id)).map(({ title }) => `New step: ${title}.`),
    ...before.runbook.steps.filter(({ id }) => !is.has(id)).map(({ title }) => `No step any more: ${title}.`),
    ...after.runbook.steps
      .filter(({ id }) => was.has(id) && was.get(id) !== is.get(id))
      .map(({ title }) => `Otherwise than before: ${title}.`),
  ];
  return differences.length > 0 ? differences : ['Parameters, nodes or the order of the steps have changed.'];
}

/** A step without what is only for people. */
export function whatIsDone(step: RenderedStep) {
  const { id, kind, executor, place, action, expectations, captures, destructive } = step;
  const { when, unless, forEach, poll, timeoutMs, cleanup } = step;
  return {
    ...{ id, kind, executor, place, action, expectations, captures, destructive },
    ...{ when: when ?? null, unless: unless ?? null, forEach: forEach ?? null, poll: poll ?? null },
    ...{ timeoutMs: timeoutMs ?? null, cleanup: cleanup ?? null },
  };
}

function requireKnown(steps: readonly RenderedStep[], captures: RunValues, runbook: string): void {
  const known = new Set(Object.keys(captures));
  const faults: string[] = [];
  for (const step of steps) {
    const missing = namesAskedFor(step).filter((name) => !known.has(name));
    faults.push(...missing.map((name) => `${step.id} needs ${name}, which a step before it captures`));
    for (const { name } of step.captures) known.add(name);
  }
  if (faults.length === 0) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `plan a run of ${runbook}`,
      failed: faults.join('; '),
      remedy: 'Give each as --capture name=value, or begin at the step that captures it.',
    }),
  );
}
