import type { OperationOutcome } from '../../domain/operationReport';
import type { BootReport } from '../../domain/template/step';
import type { TemplatePlan, TemplateRequest } from '../../domain/templatePlan';
import type { RetiredCopyOutcome, TemplateCopyOutcome, TemplateReport } from '../../domain/templateReport';
import { isRight, outcomeOfRecord } from '../runbook/report';
import type { PlanVerdict } from '../shared/approval';
import { activities } from '../shared/calls';
import { withReportFile } from '../shared/reportFile';
import { reportHead, summaryOfNothing } from '../shared/reportHead';
import { watchId } from './bootTest';
import { forceId } from './inForce';
import { retireId } from './retire';
import type { TemplateOperation } from './run';

/** Gives back what was leased, writes the report file and closes. */
export async function closeTemplate(
  operation: TemplateOperation,
  request: TemplateRequest,
  verdict: PlanVerdict<TemplatePlan>,
): Promise<TemplateReport> {
  operation.state.phase = 'closed';
  operation.changed();
  const report = reportOf(operation, request, verdict);
  return withReportFile(await withLeasesReleased(operation, report));
}

async function withLeasesReleased(
  { holder }: TemplateOperation,
  report: TemplateReport,
): Promise<TemplateReport> {
  try {
    await activities.closing.releaseLeases({ holder });
    return report;
  } catch {
    const warning = 'What was leased could not be given back; the ledger frees it by itself.';
    return { ...report, warnings: [...report.warnings, warning] };
  }
}

function reportOf(
  operation: TemplateOperation,
  request: TemplateRequest,
  verdict: PlanVerdict<TemplatePlan>,
): TemplateReport {
  const { state } = operation;
  const { plan } = state;
  const copies = (plan?.copies ?? []).map((copy) => copyOutcome(operation, copy));
  const retired = (plan?.retires ?? []).map((copy) => ({
    ...copy,
    outcome: retiredOutcome(operation, copy),
  }));
  const steps = state.steps.map((record) => outcomeOfRecord(state, { kind: record.kind }, record));
  const outcome = outcomeOf(operation, verdict, { copies, retired, steps });
  const test = bootReport(operation);
  const name = request.name ?? request.runbook;
  return {
    operation: 'createTemplate',
    outcome,
    summary: summaryOf(outcome, name, plan, copies, retired),
    ...reportHead(state, request),
    ...(plan === undefined ? {} : { todo: plan.todo, generation: plan.generation }),
    name,
    ...(plan?.source === undefined ? {} : { source: sourceOf(plan.source) }),
    copies,
    retired,
    ...(test === undefined ? {} : { bootTest: test }),
    steps,
    ...(verdict.outcome === 'refused' ? { problem: verdict.problem } : {}),
  };
}

function sourceOf(source: NonNullable<TemplatePlan['source']>) {
  return source.kind === 'image'
    ? { name: source.url, digest: `${source.algorithm}:${source.digest}` }
    : { name: `vm/${source.vmid}`, digest: `sha1:${source.digest}` };
}

function copyOutcome(
  { state: { steps } }: TemplateOperation,
  { node, vmid }: TemplatePlan['copies'][number],
): TemplateCopyOutcome {
  const phase = (id: string) => steps.find((step) => step.id === id)?.phase;
  const isBegun = steps.some(({ id }) => id.startsWith(`build-${node}.`) || id === `clone-${node}`);
  const outcome = () => {
    if (phase(forceId(node)) === 'done') return 'inForce';
    if (!isBegun) return 'notMade';
    if (phase(`destroy-unfinished-${node}`) === 'done') return 'removed';
    return phase(`finish-${node}`) === 'done' ? 'made' : 'unknown';
  };
  return { node, vmid, outcome: outcome() };
}

function retiredOutcome(
  { state: { steps } }: TemplateOperation,
  { vmid }: { readonly vmid: number },
): RetiredCopyOutcome['outcome'] {
  const record = steps.find(({ id }) => id === retireId(vmid));
  if (record === undefined || record.phase === 'waiting' || record.phase === 'skipped') return 'kept';
  return record.phase === 'done' ? 'deleted' : 'unknown';
}

function bootReport({ state }: TemplateOperation): BootReport | undefined {
  const result = state.results[watchId];
  if (result === undefined) return undefined;
  return { ready: result.captures['ready'] === true, seen: (result.output ?? '').split('\n') };
}

function outcomeOf(
  { state }: TemplateOperation,
  verdict: PlanVerdict<TemplatePlan>,
  { copies, retired, steps }: Pick<TemplateReport, 'copies' | 'retired' | 'steps'>,
): OperationOutcome {
  if (verdict.outcome !== 'approved') return verdict.outcome;
  // A step that a person passed over has a problem: what it should have done is not done.
  const isWhole =
    copies.every(({ outcome }) => outcome === 'inForce') &&
    retired.every(({ outcome }) => outcome === 'deleted') &&
    steps.every((step) => isRight(step, true));
  if (isWhole) return 'done';
  return state.cancel === undefined ? 'incomplete' : 'cancelled';
}

function summaryOf(
  outcome: OperationOutcome,
  name: string,
  plan: TemplatePlan | undefined,
  copies: readonly TemplateCopyOutcome[],
  retired: readonly RetiredCopyOutcome[],
): string {
  const nothing = summaryOfNothing(outcome);
  if (nothing !== undefined) return nothing;
  switch (outcome) {
    case 'done':
      return doneSummary(name, plan, retired.length);
    default: {
      const inForce = copies.filter((copy) => copy.outcome === 'inForce').length;
      return inForce === 0 && copies.length > 0
        ? `Not finished: the template ${name} is as it was before.`
        : `Not finished: ${inForce} of ${copies.length} copies are in force, ${retired.filter((it) => it.outcome === 'deleted').length} of ${retired.length} older ones are deleted.`;
    }
  }
}

function doneSummary(name: string, plan: TemplatePlan | undefined, retired: number): string {
  const gone = retired === 0 ? '' : `, ${retired} older ${retired === 1 ? 'copy is' : 'copies are'} deleted`;
  switch (plan?.todo) {
    case 'build':
    case 'replicate':
      return `Version ${plan.generation} of the template ${name} is in force${gone}.`;
    case 'retire':
      return `Version ${plan.generation} of the template ${name} stays in force${gone}.`;
    default:
      return `Nothing to do${gone}: ${plan?.because ?? 'the template is as it should be'}.`;
  }
}
