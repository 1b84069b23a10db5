import type { TalosRecord } from '../../domain/cluster/member';
import type { ClusterPlan } from '../../domain/cluster/plan';
import { fluxSource } from '../../domain/cluster/planned';
import type { ClusterReport } from '../../domain/cluster/report';
import type { ClusterChange } from '../../domain/cluster/request';
import type { OperationOutcome } from '../../domain/operationReport';
import { isRight, outcomeOfRecord } from '../runbook/report';
import type { PlanVerdict } from '../shared/approval';
import { withLeasesReleased } from '../shared/leasesReleased';
import { problemWithoutPlan } from '../shared/noPlan';
import { withReportFile } from '../shared/reportFile';
import { reportHead } from '../shared/reportHead';
import { membersAfter, membersKept } from './members';
import { isAsPlanned, machineOutcomes } from './outcomes';
import { playbookStep } from './playbooks';
import type { ClusterOperation } from './run';
import { summaryOf } from './summary';
import { talosAfter } from './talos/record';
import { tellOfEnd } from './tell';
import { timesAfter } from './times';
import { toReplace } from './toReplace';

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
  const talos = talosAfter(approved, state, record?.talos);
  const playbooksLeft = (plan?.playbooks ?? [])
    .filter((it) => !state.steps.some(({ id, phase }) => id === playbookStep(it) && phase === 'done'))
    .map(({ playbook }) => playbook);
  const isWhole =
    machines.every(isAsPlanned) &&
    steps.every((step) => isRight(step, true)) &&
    isFilled(plan, talos) &&
    playbooksLeft.length === 0;
  const outcome = verdict.outcome === 'approved' ? endOf(state, isWhole) : verdict.outcome;
  const head = reportHead(state, request);
  const replaced = verdict.outcome === 'approved' ? toReplace(state, machines) : undefined;
  return {
    ...{ operation: 'changeCluster', action, profile, instance: plan?.instance ?? entity.instance },
    ...{ outcome, summary: summaryOf({ ...request, outcome, plan, machines, replaced, playbooksLeft }) },
    ...head,
    ...{ machines, members: membersKept(approved, state, members), steps },
    ...(talos === undefined ? {} : { talos }),
    ...(replaced === undefined ? {} : { toReplace: replaced }),
    ...timesAfter(approved, { machines, members }, head.endedAt),
    ...problemWithoutPlan(state, verdict),
  };
}

/** Flux may not even have been begun: where too few machines are nodes. */
function isFilled(plan: ClusterPlan | undefined, talos: TalosRecord | undefined): boolean {
  const flux = plan?.talos?.flux;
  return flux === undefined || talos?.filledFrom === fluxSource(flux);
}

function endOf({ cancel }: ClusterOperation['state'], isWhole: boolean): OperationOutcome {
  if (isWhole) return 'done';
  return cancel === undefined ? 'incomplete' : 'cancelled';
}
