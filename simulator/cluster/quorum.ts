import { isMember, type NodeState } from './nodes';
import type { ClusterState } from './state';

/** The nodes that `viewer` counts as online, itself included. */
export function onlineMembers(cluster: ClusterState, viewer: NodeState): NodeState[] {
  const now = cluster.clock.now();
  return [...cluster.nodes.values()].filter((node) => isMember(viewer, node, now));
}

/** True if `viewer` sees more than half of the nodes, and quorum isn't taken away by a fault. */
export function isQuorate(cluster: ClusterState, viewer: NodeState): boolean {
  if (cluster.quorumTakenAway) return false;
  return onlineMembers(cluster, viewer).length > cluster.nodes.size / 2;
}
