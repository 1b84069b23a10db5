import type { LeaseHolder } from '../../domain/lease';
import type { GuestIdentity } from '../../domain/template/step';
import type {
  PlannedBootTest,
  PlannedRetirement,
  TemplateCopy,
  TemplateFrame,
} from '../../domain/templatePlan';

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

/** Who a guest is that a plan deletes: an older version's copy, or one that never came into force. */
export function retiredIdentity(
  template: string,
  { vmid, node, name, generation, unfinished }: Omit<PlannedRetirement, 'volumes'>,
): GuestIdentity {
  return {
    ...{ vmid, node, name, kind: 'template', template },
    ...(generation === undefined ? {} : { generation }),
    ...unfinished,
  };
}

/** The template that copies are cloned from: the first that is built, or a copy that is in force. */
export function originOf({
  copies,
  inForce,
}: Pick<TemplateFrame, 'copies' | 'inForce'>): Pick<TemplateCopy, 'node' | 'vmid'> | undefined {
  return copies.find(({ method }) => method === 'build') ?? inForce[0];
}

/** What a test clone is called. */
function testName({ buildName }: Pick<TemplateFrame, 'buildName'>): string {
  return `${buildName.slice(0, 58)}-test`;
}
