import type { ClusterMember } from '../../../domain/cluster/member';
import type {
  AdoptionStepArguments,
  MachineSeen,
  MachineStepArguments,
  RemovalStepArguments,
} from '../../../domain/cluster/step';
import { ManagerError, problem } from '../../../domain/errors';
import type { ProxmoxClient } from '../../../proxmox/types';
import { slotPurpose, type CloneSlots } from '../../guests/cloneSlot';
import type { ActivityAttempt } from '../../shared/attempt';
import { adoptedMember, lookAtMachine, madeMember, nodeOf, notThere, requireMember } from '../machine';

/**
 * Who and where a machine is: on the node where it should be, else wherever the cluster has its VMID. Its identity is
 * checked by all that is known of it; once its uuid was read that belongs to it. Changes nothing. Throws PlanDrifted for
 * another machine, GuestLocked while it is being cloned, GuestNotFound where it is nowhere. The turn of a clone that was
 * passed over is given back: others wait for it, and the operation may go on for hours.
 */
export async function readMember(
  client: ProxmoxClient,
  ledger: Pick<CloneSlots, 'giveCloneSlotBack'>,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  input: MachineStepArguments | RemovalStepArguments | AdoptionStepArguments,
): Promise<MachineSeen> {
  const member = memberOf(input);
  if ('machine' in input && input.clonePassedOver === true) {
    await ledger.giveCloneSlotBack(input.holder, slotPurpose(member.vmid));
  }
  const options = { signal };
  const attempted = `look who VM ${member.vmid} (${member.name}) is`;
  const seen =
    (await lookAtMachine(client, member, options)) ?? (await lookElsewhere(client, member, { signal }));
  if (seen === undefined) throw notThere({ attempted, member });
  requireMember({ attempted, member, cluster: input.frame }, seen);
  const { uuid, node } = seen;
  if (uuid !== undefined) return { uuid, node };
  const failed = 'its configuration has no SMBIOS uuid (smbios1): nothing would tell it from another machine';
  throw new ManagerError(problem('AnswerUnreadable', { attempted, node, failed }));
}

function memberOf(input: MachineStepArguments | RemovalStepArguments | AdoptionStepArguments): ClusterMember {
  if ('machine' in input) return madeMember(input);
  return 'removal' in input ? input.removal.member : adoptedMember(input);
}

async function lookElsewhere(
  client: ProxmoxClient,
  { vmid, node }: ClusterMember,
  options: { readonly signal: AbortSignal },
) {
  const elsewhere = await nodeOf(client, vmid, options);
  if (elsewhere === undefined || elsewhere === node) return undefined;
  return lookAtMachine(client, { node: elsewhere, vmid }, options);
}
