import type { LeaseHolder } from '../../domain/lease';
import type { GuestIdentity } from '../../domain/template/step';
import type { PlannedBootTest, TemplateCopy, TemplateFrame } from '../../domain/templatePlan';

/** Who the test clone of a plan is. */
export function testIdentity(
  plan: Pick<TemplateFrame, 'buildName' | 'name'>,
  { node, vmid }: PlannedBootTest,
  { firstExecutionRunId: run }: LeaseHolder,
): GuestIdentity {
  return { node, vmid, name: testName(plan), kind: 'test', template: plan.name, run };
}

/** Who a copy is that this operation makes, as long as it is not in force. */
export function madeIdentity(
  { buildName, name: template }: Pick<TemplateFrame, 'buildName' | 'name'>,
  { firstExecutionRunId: run }: LeaseHolder,
  { node, vmid }: Pick<TemplateCopy, 'node' | 'vmid'>,
): GuestIdentity {
  return { node, vmid, name: buildName, kind: 'template', template, run };
}

/** Who an older version's copy is. */
export function retiredIdentity(template: string, copy: TemplateCopy): GuestIdentity {
  const { vmid, node, name, generation } = copy;
  return { vmid, node, name, generation, kind: 'template', template };
}

/** What a test clone is called. */
function testName({ buildName }: Pick<TemplateFrame, 'buildName'>): string {
  return `${buildName.slice(0, 58)}-test`;
}
