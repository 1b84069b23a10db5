import type { OperationOutcome } from '../../domain/operationReport';
import type { RenderedStep } from '../../domain/runbook/plan';
import type { RunbookPlan, RunbookRequest } from '../../domain/runbookPlan';
import type { RunbookReport, RunbookStepOutcome, RunbookStepResult } from '../../domain/runbookReport';
import type { PlanVerdict } from '../shared/approval';
import type { Operation } from '../shared/operation';
import { problemWithoutPlan } from '../shared/noPlan';
import { withReportFile } from '../shared/reportFile';
import { reportHead, summaryOfNothing } from '../shared/reportHead';
import type { OpenStep } from '../shared/state';
import { valuesSoFar } from './values';

type RunbookRun = Operation<RunbookPlan, RunbookStepResult>;

/** Writes the report file and closes. */
export async function closeRunbook(
  operation: RunbookRun,
  request: RunbookRequest,
  verdict: PlanVerdict<RunbookPlan>,
): Promise<RunbookReport> {
  operation.state.phase = 'closed';
  operation.changed();
  return withReportFile(reportOf(operation, request, verdict));
}

function reportOf(
  operation: RunbookRun,
  request: RunbookRequest,
  verdict: PlanVerdict<RunbookPlan>,
): RunbookReport {
  const { state } = operation;
  const { plan } = state;
  const steps = plan === undefined ? [] : stepsOf(operation, plan);
  const outcome = outcomeOf(operation, verdict, steps);
  return {
    operation: 'runRunbook',
    outcome,
    summary: summaryOf(outcome, steps),
    ...reportHead(state, request),
    runbook: request.runbook,
    title: plan?.runbook.title ?? request.runbook,
    parameters: plan?.runbook.parameters ?? [],
    steps,
    captures: plan === undefined ? {} : valuesSoFar(operation, plan),
    ...problemWithoutPlan(state, verdict),
  };
}

/** Each step of the plan, or its rounds once they are known. */
function stepsOf({ state }: RunbookRun, plan: RunbookPlan): readonly RunbookStepOutcome[] {
  const { steps } = plan.runbook;
  const wanted = steps.slice(
    Math.max(
      0,
      steps.findIndex(({ id }) => id === plan.fromStep),
    ),
  );
  return wanted.flatMap((planned): RunbookStepOutcome[] => {
    const records = state.steps.filter(({ id }) => id === planned.id || id.startsWith(`${planned.id}/`));
    if (records.length === 0) return [notBegun(planned)];
    return records.map((record) => outcomeOfRecord(state, planned, record));
  });
}

function notBegun({ id, title, kind, cleanup }: RenderedStep): RunbookStepOutcome {
  const isCleanup = cleanup === undefined ? {} : { isCleanup: true as const };
  return { id, title, kind, outcome: 'notBegun', captures: {}, warnings: [], ...isCleanup };
}

/** What became of a step that was begun, as reports say it. */
export function outcomeOfRecord(
  { results }: { readonly results: Readonly<Record<string, RunbookStepResult>> },
  { kind, cleanup }: Pick<RenderedStep, 'kind' | 'cleanup'>,
  record: OpenStep,
): RunbookStepOutcome {
  const { id, title, phase, openedAt, endedAt, warnings, problem } = record;
  const result = results[id];
  const done = result?.outcome === 'stopped' ? 'stopped' : 'done';
  const outcome =
    phase === 'done' ? done : phase === 'skipped' ? 'skipped' : phase === 'waiting' ? 'notBegun' : 'failed';
  const { reason, output, isCut, exitCode, status, captures } = result ?? { captures: {} };
  return {
    ...{ id, title, kind, outcome, captures, warnings },
    ...(reason === undefined ? {} : { reason }),
    ...(phase === 'skipped' && reason === undefined ? { reason: 'a person left it out' } : {}),
    ...(output === undefined ? {} : { output }),
    ...(isCut === undefined ? {} : { isCut }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(status === undefined ? {} : { status }),
    ...(openedAt === undefined ? {} : { startedAt: openedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(problem === undefined ? {} : { problem }),
    ...(cleanup === undefined ? {} : { isCleanup: true as const }),
  };
}

function outcomeOf(
  { state }: RunbookRun,
  verdict: PlanVerdict<RunbookPlan>,
  steps: readonly RunbookStepOutcome[],
): OperationOutcome {
  if (verdict.outcome !== 'approved') return verdict.outcome;
  if (state.cancel !== undefined) return 'cancelled';
  const isStopped = steps.some(({ outcome }) => outcome === 'stopped');
  return steps.every((step) => isRight(step, isStopped)) ? 'done' : 'incomplete';
}

/** Done, or passed over as the runbook says. */
export function isRight({ outcome, problem, isCleanup }: RunbookStepOutcome, isStopped: boolean): boolean {
  switch (outcome) {
    case 'done':
    case 'stopped':
      return true;
    case 'skipped':
      return problem === undefined;
    case 'failed':
      return false;
    case 'notBegun':
      return isStopped || isCleanup === true;
  }
}

function summaryOf(outcome: OperationOutcome, steps: readonly RunbookStepOutcome[]): string {
  const stopped = steps.find((it) => it.outcome === 'stopped');
  const nothing = summaryOfNothing(outcome);
  if (nothing !== undefined) return nothing;
  switch (outcome) {
    case 'done':
      return stopped === undefined
        ? 'Every step is done, or was passed over as the runbook says.'
        : `The runbook ended itself at "${stopped.title}": ${stopped.reason ?? 'as it says'}.`;
    default: {
      const done = steps.filter((it) => it.outcome === 'done').length;
      return `Not finished: ${done} of ${steps.length} steps are done.`;
    }
  }
}
