import type { AdoptionStepArguments, MachineSeen } from '../../../domain/cluster/step';
import type { MemberMarker } from '../../../domain/cluster/member';
import { ManagerError, problem } from '../../../domain/errors';
import { memberMarkerFor, withMemberMarker } from '../../../planning/cluster/marker';
import type { ProxmoxClient } from '../../../proxmox/types';
import { changeUntilSo } from '../../guests/changeUntilSo';
import { requireNowhere } from '../../guests/guest';
import type { ActivityAttempt } from '../../shared/attempt';
import { lookAtMachine, notThere, type SeenMachine } from '../machine';

/**
 * Makes a machine that somebody made by hand a member: our marker comes into its description, behind what people wrote
 * there, and its protection as the profile wants it. All else stays as it is. Repeating it finds it done; a late duplicate
 * is refused by the digest. Throws PlanDrifted unless it is exactly the machine that the plan saw (VMID, uuid, name), or
 * where another cluster's marker is on it.
 */
export async function adoptMember(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: AdoptionStepArguments,
): Promise<MachineSeen> {
  const { adoption, frame, holder } = input;
  const marker = memberMarkerFor(frame, holder, adoption);
  const { uuid, node } = await changeUntilSo(client, attempt, {
    look: () => theMachine(client, attempt, input, marker),
    missing: ({ keys, protection, marker: has }) => ({
      ...(isSame(has, marker) ? {} : { description: withMemberMarker(keys.get('description'), marker) }),
      ...(frame.protection && !protection ? { protection: true } : {}),
    }),
  });
  return { uuid: uuid ?? adoption.uuid, node };
}

async function theMachine(
  client: ProxmoxClient,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  { adoption, frame: { profile } }: AdoptionStepArguments,
  ours: MemberMarker,
): Promise<SeenMachine> {
  const { vmid, node, name, nameNow } = adoption;
  const attempted = `adopt VM ${vmid} (${nameNow}) as ${name} of ${profile}`;
  const seen = await lookAtMachine(client, { node, vmid }, { signal });
  if (seen === undefined) {
    await requireNowhere(client, attempted, { vmid, node, name: nameNow }, { signal });
    throw notThere({ attempted, member: { vmid, node } });
  }
  const mismatch = mismatchOf(seen, adoption, ours);
  if (mismatch === undefined) return seen;
  throw new ManagerError(
    problem('PlanDrifted', {
      attempted,
      node,
      failed: `VM ${vmid} on ${node} is not the machine that was approved: ${mismatch}`,
      remedy: 'Nothing of it was touched. Make a new plan: it shows what the machine is now.',
    }),
  );
}

function mismatchOf(
  { uuid, name, template, vmid, marker }: SeenMachine,
  { uuid: wanted, nameNow }: AdoptionStepArguments['adoption'],
  ours: MemberMarker,
): string | undefined {
  if (uuid !== wanted.toLowerCase()) return `its SMBIOS uuid is ${uuid ?? 'missing'}, it was ${wanted}`;
  if (name !== nameNow) return `it is called ${name || 'nothing'}, it was ${nameNow}`;
  if (template) return 'it has become a template';
  // A marker with another VMID came along with a clone: it says nothing. One of a former cluster of this name is replaced.
  if (marker?.vmid !== vmid || marker.cluster === ours.cluster) return undefined;
  return `it is a member of ${marker.cluster} by now`;
}

function isSame(has: MemberMarker | undefined, wanted: MemberMarker): boolean {
  return (
    has?.vmid === wanted.vmid &&
    has.cluster === wanted.cluster &&
    has.instance === wanted.instance &&
    has.role === wanted.role &&
    has.ordinal === wanted.ordinal &&
    has.run === wanted.run
  );
}
