import { expressionText, holds } from '../../domain/runbook/expression';
import type { RenderedStep } from '../../domain/runbook/plan';
import type { RunValues } from '../../domain/runbook/values';
import { mayBegin } from '../shared/mayBegin';
import { recordOf, over } from '../shared/records';
import type { OpenStep } from '../shared/state';
import { finish, stepRun, untilDone } from '../shared/stepRun';
import { abortTaskOf, tryRound } from './attempt';
import type { Round, RoundRun, RunbookOperation, RunnableRunbook } from './run';
import { roundsOf, valuesSoFar } from './values';

/**
 * Runs the steps of an approved plan in their order, then the clean-up that fits how they ended. True if all of them are
 * done, or passed over on purpose, or the runbook ended itself.
 */
export async function runSteps(operation: RunbookOperation, plan: RunnableRunbook): Promise<boolean> {
  const { state } = operation;
  state.phase = 'running';
  state.planIsNew = false;
  operation.changed();
  const { steps } = plan.runbook;
  const wanted = steps.slice(
    Math.max(
      0,
      steps.findIndex(({ id }) => id === plan.fromStep),
    ),
  );
  const cleanup = wanted.filter((step) => step.cleanup !== undefined);
  const main = wanted.filter((step) => step.cleanup === undefined);
  const context = { operation, plan, hasCleanup: cleanup.length > 0 };
  const isComplete = await inTurn(context, main, () => state.cancel !== undefined);
  if (isLeftAlone(operation)) return isComplete;
  for (const step of cleanup) {
    if (step.cleanup === 'onFailure' && isComplete) continue;
    await runStep({ ...context, hasCleanup: false }, step, () => isLeftAlone(operation));
  }
  return isComplete;
}

interface Context {
  readonly operation: RunbookOperation;
  readonly plan: RunnableRunbook;
  readonly hasCleanup: boolean;
}

/**
 * Whether a person has ended the run in a way that leaves everything as it is - with `abort` where there was a choice, or
 * with `pxm cancel --abort-running` - or nothing was begun. A run that was cancelled otherwise is cleaned up.
 */
export function isLeftAlone({ state }: RunbookOperation): boolean {
  const cancelledAt = state.actions.findIndex(({ message }) => message === 'cancel');
  // A cancel answers open questions with abort too, but afterwards.
  const abortedAt = state.actions.findIndex(
    ({ message, about }) => message === 'decide' && about?.endsWith(': abort') === true,
  );
  const isAborted = abortedAt >= 0 && (cancelledAt < 0 || abortedAt < cancelledAt);
  return isAborted || state.cancel?.running === 'abort' || state.steps.length === 0;
}

/** True if all of them are done, or passed over on purpose, or the runbook ended itself. */
async function inTurn(
  context: Context,
  steps: readonly RenderedStep[],
  ended: () => boolean,
): Promise<boolean> {
  for (const step of steps) {
    const outcome = await runStep(context, step, ended);
    if (outcome !== 'goOn') return outcome === 'stop';
  }
  return true;
}

/** All rounds of one step. */
async function runStep(
  context: Context,
  planned: RenderedStep,
  ended: () => boolean,
): Promise<'goOn' | 'stop' | 'end'> {
  const { operation, plan } = context;
  const { state } = operation;
  const values = valuesSoFar(operation, plan);
  const rounds = roundsOf(planned, plan, values);
  if (rounds.length === 0) {
    const known = state.steps.find(({ id }) => id === planned.id);
    if (known !== undefined && over.has(known.phase)) return 'goOn';
    if (ended()) return 'end';
    const record = recordFor(state.steps, { id: planned.id, title: planned.title, planned, item: {} });
    if (!over.has(record.phase)) passOver(stepRun(operation, record), 'its list is empty');
    return 'goOn';
  }
  const runs = rounds.map((round): RoundRun => {
    const record = recordFor(state.steps, round);
    return {
      ...{ round, plan, record, hasCleanup: context.hasCleanup },
      step: stepRun(operation, record),
      values: { ...values, ...round.item },
    };
  });
  const waiting = [...runs];
  const mayFail = planned.forEach?.onError === 'continue';
  const lane = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      if (over.has(run.record.phase)) continue;
      if (!(await mayBegin(operation, run.record, ended))) return;
      await runRound(run, mayFail);
      if (run.record.phase === 'failed' && !mayFail) waiting.length = 0;
    }
  };
  const lanes = Array.from({ length: Math.max(1, planned.forEach?.parallel ?? 1) }, lane);
  const failure = (await Promise.allSettled(lanes)).find((it) => it.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  if (runs.some(({ record }) => state.results[record.id]?.outcome === 'stopped')) return 'stop';
  const isPast = ({ record: { phase } }: RoundRun) =>
    phase === 'done' || phase === 'skipped' || (mayFail && phase === 'failed');
  return runs.every(isPast) ? 'goOn' : 'end';
}

async function runRound(run: RoundRun, mayFail: boolean): Promise<void> {
  const { round, record, step, values } = run;
  if (record.phase === 'waiting') {
    const reason = reasonToSkip(round.planned, values);
    if (reason !== undefined) {
      passOver(step, reason);
      return;
    }
  }
  await untilDone(
    step,
    () => tryRound(run),
    () => abortTaskOf(run),
    (failure) => {
      if (!mayFail || failure.kind !== 'stepFailed') return false;
      step.warn(`${round.title}: ${failure.problem.failed}; the others go on.`);
      return true;
    },
  );
}

function reasonToSkip({ when, unless }: RenderedStep, values: RunValues): string | undefined {
  if (when !== undefined && !holds(when, values)) return `not so: ${expressionText(when)}`;
  if (unless !== undefined && holds(unless, values)) return `so already: ${expressionText(unless)}`;
  return undefined;
}

function passOver(step: RoundRun['step'], reason: string): void {
  step.keep({ outcome: 'skipped', reason, captures: {} });
  finish(step, 'skipped');
}

function recordFor(steps: OpenStep[], { id, title, planned }: Round): OpenStep {
  const fresh = { id, title, kind: planned.kind, target: planned.executor, settledTasks: [] };
  return recordOf(steps, fresh, () => false);
}
