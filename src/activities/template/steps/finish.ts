import { ManagerError, problem } from '../../../domain/errors';
import type { CopyStepArguments, TaskBegun } from '../../../domain/template/step';
import { printMarker, withMarker } from '../../../planning/template/marker';
import { markerFor } from '../../../planning/template/markerFor';
import { beginGuestTask, changeConfig } from '../../../proxmox/api/build';
import type { ProxmoxClient } from '../../../proxmox/types';
import { beginTask } from '../../guests/beginTask';
import { lookAtGuest, stranger, type SeenGuest } from '../../guests/guest';
import type { ActivityAttempt } from '../../shared/attempt';

/**
 * Takes over what a build or a copy has left: a guest under the build name with our marker (written now if the step that
 * made it could not), which is made a template as a whole, or disk by disk where a conversion was interrupted. Begun
 * again after each task until it is done. A late duplicate is refused: a template can't be converted, a base image
 * can't again.
 */
export async function finishCopy(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: CopyStepArguments,
): Promise<TaskBegun> {
  const { plan, node, vmid } = input;
  const { signal } = attempt;
  const attempted = `make a template of VM ${vmid} (${plan.buildName}) on ${node}`;
  let left: readonly string[] = [];
  return beginTask(client, attempt, {
    task: { node, types: ['qmtemplate'], id: String(vmid) },
    before: input,
    mayBeDoneAtFirst: true,
    async isDone() {
      const guest = await ownGuest(client, attempt, input, attempted);
      left = guest.template ? disksToConvert(guest) : [];
      return guest.template && left.length === 0;
    },
    send() {
      const [disk] = left;
      const parameters = disk === undefined ? {} : { disk };
      return beginGuestTask(client, { node, vmid }, 'template', parameters, { signal });
    },
  });
}

async function ownGuest(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { plan, holder, node, vmid }: CopyStepArguments,
  attempted: string,
): Promise<SeenGuest> {
  const { signal } = attempt;
  const guest = await lookAtGuest(client, { node, vmid }, { signal });
  if (guest === undefined) {
    throw new ManagerError(
      problem('GuestNotFound', { attempted, node, failed: `VM ${vmid} is not on ${node}` }),
    );
  }
  const { marker, config } = guest;
  if (marker?.run === holder.firstExecutionRunId && marker.kind === 'template') return guest;
  if (marker !== undefined || guest.name !== plan.buildName) throw stranger(attempted, guest);
  const wanted = markerFor(plan, holder, { kind: 'template', vmid });
  attempt.requireAlive();
  await changeConfig(
    client,
    { node, vmid },
    config.digest ?? '',
    { description: withMarker(config.keys.get('description'), wanted) },
    { signal },
  );
  return guest;
}

/** Disks of a template that are no base images yet; cloud-init drives never are. */
function disksToConvert({ vmid, config }: SeenGuest): readonly string[] {
  const plain = new RegExp(`[:/]vm-${vmid}-disk-\\d+(\\.\\w+)?(,|$)`);
  return [...config.keys]
    .filter(
      ([key, value]) => /^((scsi|virtio|ide|sata)\d+|efidisk0|tpmstate0)$/.test(key) && plain.test(value),
    )
    .map(([key]) => key)
    .toSorted();
}

/** The description of a copy that is cloned. */
export function copyDescription({ plan, holder, vmid }: CopyStepArguments): string {
  return printMarker(markerFor(plan, holder, { kind: 'template', vmid }));
}
