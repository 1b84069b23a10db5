import type { ClusterMember } from '../../../domain/cluster/member';
import type { ClusterIdentity } from '../../../planning/rules/clusterIdentity';
import { qemuStatus } from '../../../proxmox/api/guests';
import type { ProxmoxClient } from '../../../proxmox/types';
import type { ActivityAttempt } from '../../shared/attempt';
import { whereItIs } from '../whereItIs';

/** Whether a machine has power; `gone`: it is on no node. */
export type MemberPower = 'running' | 'stopped' | 'gone';

/**
 * Whether a member runs, by its identity, on whatever node it is by now. Throws PlanDrifted where another machine has its
 * VMID. Changes nothing.
 */
export async function powerOfMember(
  client: ProxmoxClient,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  { member, cluster }: { readonly member: ClusterMember; readonly cluster: ClusterIdentity },
): Promise<MemberPower> {
  const attempted = `look whether VM ${member.vmid} (${member.name}) runs`;
  const there = await whereItIs(client, { attempted, member, cluster }, { signal });
  if (there === undefined) return 'gone';
  return (await qemuStatus(client, there.member, { signal })).running ? 'running' : 'stopped';
}
