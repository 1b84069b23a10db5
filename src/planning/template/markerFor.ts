import { ManagerError, problem } from '../../domain/errors';
import type { LeaseHolder } from '../../domain/lease';
import type { TemplateMarker } from '../../domain/template/marker';
import type { TemplatePlan } from '../../domain/templatePlan';
import { digestOf, sourceName } from './settings';

/** The marker of a guest that an operation makes by a plan; with a generation only once it is tested. */
export function markerFor(
  plan: Pick<TemplatePlan, 'name' | 'source' | 'runbook' | 'settings' | 'product' | 'madeAt'>,
  { workflowId, firstExecutionRunId }: LeaseHolder,
  guest: Pick<TemplateMarker, 'kind' | 'vmid' | 'generation'>,
): TemplateMarker {
  const { source } = plan;
  if (source === undefined) {
    throw new ManagerError(
      problem('Internal', { attempted: `mark VM ${guest.vmid}`, failed: 'its plan makes nothing' }),
    );
  }
  return {
    ...guest,
    name: plan.name,
    source: sourceName(source),
    digest: digestOf(source),
    runbook: plan.runbook.name,
    runbookHash: plan.runbook.sha256,
    settings: plan.settings,
    product: plan.product,
    operation: workflowId,
    run: firstExecutionRunId,
    made: plan.madeAt,
  };
}
