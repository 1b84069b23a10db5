import type { ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterReport } from '../../domain/cluster/report';
import type { ClusterChange } from '../../domain/cluster/request';
import type { OperationOutcome } from '../../domain/operationReport';
import { isRight, outcomeOfRecord } from '../runbook/report';
import type { PlanVerdict } from '../shared/approval';
import { withLeasesReleased } from '../shared/leasesReleased';
import { problemWithoutPlan } from '../shared/noPlan';
import { withReportFile } from '../shared/reportFile';
import { reportHead } from '../shared/reportHead';
import { membersAfter } from './members';
import { isAsPlanned, machineOutcomes } from './outcomes';
import type { ClusterOperation } from './run';
import { summaryOf } from './summary';
import { talosAfter } from './talos/record';
import { tellOfEnd } from './tell';

/** Gives back what was leased, writes the report file, tells the entity what the cluster is now, and closes. */
export async function closeCluster(
  operation: ClusterOperation,
  change: ClusterChange,
  verdict: PlanVerdict<ClusterPlan>,
): Promise<ClusterReport> {
  operation.state.phase = 'closed';
  operation.changed();
  const released = await withLeasesReleased(operation, reportOf(operation, change, verdict));
  const report = await withReportFile(released);
  const untold = await tellOfEnd(operation.holder, change, report);
  return { ...report, warnings: [...report.warnings, ...untold] };
}

function reportOf(
  { state, holder }: ClusterOperation,
  { request, record, entity }: ClusterChange,
  verdict: PlanVerdict<ClusterPlan>,
): ClusterReport {
  const { plan } = state;
  const { action, profile } = request;
  // Nothing of a plan that nobody approved is so, not even what it found gone.
  const approved = verdict.outcome === 'approved' ? plan : undefined;
  const members = membersAfter(approved, state, holder, record);
  const machines = plan === undefined ? [] : machineOutcomes(plan, state, members);
  const steps = state.steps.map((step) => outcomeOfRecord(state, { kind: step.kind }, step));
  const isWhole = machines.every(isAsPlanned) && steps.every((step) => isRight(step, true));
  const outcome = verdict.outcome === 'approved' ? endOf(state, isWhole) : verdict.outcome;
  const talos = talosAfter(approved, state, record?.talos);
  const head = reportHead(state, request);
  const isAnyAside = approved !== undefined && machines.some((machine) => machine.outcome === 'aside');
  const asideUntilMs = Date.parse(head.endedAt) + (approved?.graceMs ?? 0);
  return {
    ...{ operation: 'changeCluster', action, profile, instance: plan?.instance ?? entity.instance },
    ...{ outcome, summary: summaryOf({ outcome, action, profile, plan, machines }) },
    ...head,
    ...{ machines, members, steps },
    ...(talos === undefined ? {} : { talos }),
    ...(approved?.endsAt === undefined ? {} : { endsAt: approved.endsAt }),
    ...(isAnyAside ? { asideUntil: new Date(asideUntilMs).toISOString() } : {}),
    ...problemWithoutPlan(state, verdict),
  };
}

function endOf({ cancel }: ClusterOperation['state'], isWhole: boolean): OperationOutcome {
  if (isWhole) return 'done';
  return cancel === undefined ? 'incomplete' : 'cancelled';
}
