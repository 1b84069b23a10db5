import type { ClusterMember } from '../../domain/cluster/member';

/** Members by role and ordinal; without the locale of whoever runs this. */
export function membersInOrder(members: readonly ClusterMember[]): readonly ClusterMember[] {
  return members.toSorted(
    (one, other) => compare(one.role, other.role) || one.ordinal - other.ordinal || one.vmid - other.vmid,
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
