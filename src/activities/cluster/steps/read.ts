import type { ClusterMember } from '../../../domain/cluster/member';
import type { MachineSeen, MachineStepArguments, RemovalStepArguments } from '../../../domain/cluster/step';
import { ManagerError, problem } from '../../../domain/errors';
import type { ProxmoxClient } from '../../../proxmox/types';
import type { ActivityAttempt } from '../../shared/attempt';
import { lookAtMachine, madeMember, nodeOf, notThere, requireMember } from '../machine';

/**
 * Who and where a machine is: on the node where it should be, else wherever the cluster has its VMID. Its identity is
 * checked by all that is known of it; once its uuid was read that belongs to it. Changes nothing. Throws PlanDrifted for
 * another machine, GuestLocked while it is being cloned, GuestNotFound where it is nowhere.
 */
export async function readMember(
  client: ProxmoxClient,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  input: MachineStepArguments | RemovalStepArguments,
): Promise<MachineSeen> {
  const member = memberOf(input);
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

function memberOf(input: MachineStepArguments | RemovalStepArguments): ClusterMember {
  return 'machine' in input ? madeMember(input) : input.removal.member;
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
