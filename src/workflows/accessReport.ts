import type { AccessRequest } from '../domain/access';
import type { AccessOperation, AccessPlan, PlannedAccessStep } from '../domain/accessPlan';
import type { AccessReport, AccessStepOutcome } from '../domain/accessReport';
import type { OperationOutcome } from '../domain/operationReport';
import type { AccessRun } from './accessOperation';
import type { PlanVerdict } from './shared/approval';
import { problemWithoutPlan } from './shared/noPlan';
import { withReportFile } from './shared/reportFile';
import { reportHead } from './shared/reportHead';

/** Writes the report file and closes. */
export async function closeAccess(
  operation: AccessRun,
  type: AccessOperation,
  request: AccessRequest,
  verdict: PlanVerdict<AccessPlan>,
): Promise<AccessReport> {
  operation.state.phase = 'closed';
  operation.changed();
  return withReportFile(reportOf(operation, type, request, verdict));
}

function reportOf(
  { state }: AccessRun,
  type: AccessOperation,
  request: AccessRequest,
  verdict: PlanVerdict<AccessPlan>,
): AccessReport {
  const { plan } = state;
  const steps = stepsOf(state, plan?.steps ?? []);
  const outcome = outcomeOf(state, verdict, steps);
  return {
    operation: type,
    outcome,
    summary: summaryOf(type, outcome, steps),
    ...reportHead(state, request),
    store: plan?.store ?? '',
    items: plan?.items ?? [],
    steps,
    trust: plan?.trust ?? { nodes: [] },
    ...problemWithoutPlan(state, verdict),
  };
}

/** Steps of the last plan, and before them those that an earlier plan has done. */
function stepsOf(
  state: AccessRun['state'],
  planned: readonly PlannedAccessStep[],
): readonly AccessStepOutcome[] {
  const inPlan = new Set(planned.map(({ id }) => id));
  const earlier = state.steps.filter(({ id, phase }) => !inPlan.has(id) && phase === 'done');
  return [...earlier, ...planned].map(({ id, title }) => {
    const record = state.steps.find((it) => it.id === id);
    const result = state.results[id];
    const done = result?.outcome === 'kept' ? 'kept' : 'done';
    const phase = record?.phase ?? 'waiting';
    return {
      id,
      title,
      outcome: phase === 'done' ? done : phase === 'waiting' ? 'notBegun' : 'failed',
      warnings: record?.warnings ?? [],
      ...(record?.problem === undefined ? {} : { problem: record.problem }),
    };
  });
}

function outcomeOf(
  state: AccessRun['state'],
  verdict: PlanVerdict<AccessPlan>,
  steps: readonly AccessStepOutcome[],
): OperationOutcome {
  const begun = steps.some(({ outcome }) => outcome !== 'notBegun');
  if (verdict.outcome !== 'approved' && !begun) return verdict.outcome;
  if (state.cancel !== undefined) return 'cancelled';
  return verdict.outcome === 'approved' && steps.every(isDone) ? 'done' : 'incomplete';
}

function isDone({ outcome }: AccessStepOutcome): boolean {
  return outcome === 'done' || outcome === 'kept';
}

const goals: Readonly<Record<AccessOperation, string>> = {
  bootstrapAccess: 'The access is set up: the token is stored and accepted by the nodes.',
  rotateToken: 'The token is rotated: the new one is stored and in use, the old one is removed.',
  undoAccess: 'What bootstrap had made is removed.',
};

const nothingToDo: Readonly<Record<AccessOperation, string>> = {
  bootstrapAccess: 'Nothing was changed: the access was set up already, and the token works.',
  rotateToken: 'Nothing was changed.',
  undoAccess: 'Nothing was changed: there is nothing of ours.',
};

function summaryOf(
  type: AccessOperation,
  outcome: OperationOutcome,
  steps: readonly AccessStepOutcome[],
): string {
  switch (outcome) {
    case 'done':
      return steps.length === 0 ? nothingToDo[type] : goals[type];
    case 'planned':
      return 'Only planned: nothing was changed.';
    case 'rejected':
      return 'The plan was rejected: nothing was changed.';
    case 'expired':
      return 'The plan expired without an approval: nothing was changed.';
    case 'refused':
      return 'It could not begin: nothing was changed.';
    case 'cancelled':
    case 'incomplete': {
      const done = steps.filter(isDone).length;
      return `Not finished: ${done} of ${steps.length} steps are done. Start it again: it goes on from there.`;
    }
  }
}
