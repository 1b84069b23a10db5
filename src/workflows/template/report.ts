import type { OperationOutcome } from '../../domain/operationReport';
import type { BootReport } from '../../domain/template/step';
import type { TemplatePlan, TemplateRequest } from '../../domain/templatePlan';
import type { RetiredCopyOutcome, TemplateCopyOutcome, TemplateReport } from '../../domain/templateReport';
import { isRight, outcomeOfRecord } from '../runbook/report';
import type { PlanVerdict } from '../shared/approval';
import { withLeasesReleased } from '../shared/leasesReleased';
import { withReportFile } from '../shared/reportFile';
import { problemWithoutPlan } from '../shared/noPlan';
import { reportHead } from '../shared/reportHead';
import { watchId } from './bootTest';
import { forceId, isForceUnknown } from './inForce';
import { retireId } from './retire';
import type { TemplateOperation } from './run';
import { summaryOf } from './summary';

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
  const isUnseen = copies.some(({ node }) => isForceUnknown(operation, node));
  return {
    operation: 'createTemplate',
    outcome,
    summary: summaryOf({ outcome, name, plan, copies, retired, steps, isUnseen }),
    ...reportHead(state, request),
    ...(plan === undefined ? {} : { todo: plan.todo, generation: plan.generation }),
    name,
    ...(plan?.source === undefined ? {} : { source: sourceOf(plan.source) }),
    copies,
    retired,
    ...(test === undefined ? {} : { bootTest: test }),
    steps,
    ...problemWithoutPlan(state, verdict),
  };
}

function sourceOf(source: NonNullable<TemplatePlan['source']>) {
  return source.kind === 'image'
    ? { name: source.url, digest: `${source.algorithm}:${source.digest}` }
    : { name: `vm/${source.vmid}`, digest: `sha1:${source.digest}` };
}

function copyOutcome(
  operation: TemplateOperation,
  { node, vmid }: TemplatePlan['copies'][number],
): TemplateCopyOutcome {
  const { steps } = operation.state;
  const phase = (id: string) => steps.find((step) => step.id === id)?.phase;
  const isBegun = steps.some(({ id }) => id.startsWith(`build-${node}.`) || id === `clone-${node}`);
  const outcome = () => {
    if (phase(forceId(node)) === 'done') return 'inForce';
    if (isForceUnknown(operation, node)) return 'unknown';
    if (!isBegun) return 'notMade';
    if (phase(`destroy-unfinished-${node}`) === 'done') {
      return phase(`finish-${node}`) === 'done' || isAnyDestroyed(operation, node) ? 'removed' : 'notMade';
    }
    return phase(`finish-${node}`) === 'done' ? 'made' : 'unknown';
  };
  return { node, vmid, outcome: outcome() };
}

/** Whether there was anything of a copy to take away, on its own node or on that of its origin. */
function isAnyDestroyed({ state }: TemplateOperation, node: string): boolean {
  const own = `destroy-unfinished-${node}`;
  return state.steps
    .filter(({ id, phase }) => phase === 'done' && (id === own || id.startsWith(`${own}-on-`)))
    .some(({ id }) => state.results[id]?.captures['wasThere'] !== false);
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
