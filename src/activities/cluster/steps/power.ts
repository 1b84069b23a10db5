import type { ClusterMember } from '../../../domain/cluster/member';
import type { ClusterIdentity } from '../../../planning/rules/clusterIdentity';
import { qemuStatus } from '../../../proxmox/api/guests';
import type { ProxmoxClient } from '../../../proxmox/types';
import type { ActivityAttempt } from '../../shared/attempt';
import { findMember } from '../machine';

/** Whether a machine has power; `gone`: it is on no node. */
export type MemberPower = 'running' | 'stopped' | 'gone';

/** Whether a member runs, by its identity. Throws PlanDrifted where another machine has its VMID. Changes nothing. */
export async function powerOfMember(
  client: ProxmoxClient,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  { member, cluster }: { readonly member: ClusterMember; readonly cluster: ClusterIdentity },
): Promise<MemberPower> {
  const attempted = `look whether VM ${member.vmid} (${member.name}) runs`;
  if ((await findMember(client, { attempted, member, cluster }, { signal })) === undefined) return 'gone';
  return (await qemuStatus(client, member, { signal })).running ? 'running' : 'stopped';
}
