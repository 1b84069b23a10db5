import { ManagerError, problem } from '../../../domain/errors';
import type { CopyStepArguments } from '../../../domain/template/step';
import type { TemplateFrame } from '../../../domain/templatePlan';
import { withMarker } from '../../../planning/template/marker';
import { markerFor } from '../../../planning/template/markerFor';
import { changeConfig } from '../../../proxmox/api/build';
import type { ProxmoxClient } from '../../../proxmox/types';
import { lookAtGuest, stranger, type SeenGuest } from '../../guests/guest';
import type { ActivityAttempt } from '../../shared/attempt';

/**
 * Brings a tested copy into force: its name and the generation in its marker, in one change of its configuration. A
 * late duplicate is refused by the digest. Repeating it finds it done.
 */
export async function bringIntoForce(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { plan, holder, node, vmid }: CopyStepArguments,
): Promise<void> {
  const { signal } = attempt;
  const attempted = `bring VM ${vmid} on ${node} into force as ${plan.name}, version ${plan.generation}`;
  const guest = await lookAtGuest(client, { node, vmid }, { signal });
  if (guest === undefined) {
    throw new ManagerError(problem('GuestNotFound', { attempted, node, failed: `VM ${vmid} is not there` }));
  }
  const { marker, config } = guest;
  if (!guest.template || marker?.kind !== 'template' || marker.run !== holder.firstExecutionRunId) {
    throw stranger(attempted, guest);
  }
  if (hasVersion(guest, plan)) return;
  const wanted = markerFor(plan, holder, { kind: 'template', vmid, generation: plan.generation });
  const description = withMarker(config.keys.get('description'), wanted);
  attempt.requireAlive();
  await changeConfig(
    client,
    { node, vmid },
    config.digest ?? '',
    { name: plan.name, description },
    { signal },
  );
}

/** Whether a copy that this operation made is in force by now; changes nothing. */
export async function isInForce(
  client: ProxmoxClient,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  { plan, holder, node, vmid }: CopyStepArguments,
): Promise<boolean> {
  const guest = await lookAtGuest(client, { node, vmid }, { signal });
  return guest?.marker?.run === holder.firstExecutionRunId && hasVersion(guest, plan);
}

function hasVersion({ marker, name }: SeenGuest, plan: Pick<TemplateFrame, 'name' | 'generation'>): boolean {
  return marker?.generation === plan.generation && name === plan.name;
}
