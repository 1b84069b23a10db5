import { isMember, membershipReturnSeconds, type NodeState } from './nodes';
import type { ClusterState } from './state';

/** The nodes of the cluster; those that are in none are left out. */
export function members(cluster: ClusterState): NodeState[] {
  return [...cluster.nodes.values()].filter((node) => node.isMember);
}

/** The nodes that `viewer` knows of: the cluster's, or itself alone where it is in none. */
export function visibleNodes(cluster: ClusterState, viewer: NodeState): NodeState[] {
  return viewer.isMember ? members(cluster) : [viewer];
}

/** The nodes that `viewer` counts as online, itself included. */
export function onlineMembers(cluster: ClusterState, viewer: NodeState): NodeState[] {
  const now = cluster.clock.now();
  return visibleNodes(cluster, viewer).filter((node) => isMember(viewer, node, now));
}

/** True if `viewer` sees more than half of the nodes, and quorum isn't taken away by a fault; alone it always is. */
export function isQuorate(cluster: ClusterState, viewer: NodeState): boolean {
  if (cluster.quorumTakenAway) return false;
  if (!viewer.isMember) return true;
  if (viewer.corosync === 'stopped') return false;
  if (cluster.clock.now() - viewer.corosyncSince < membershipReturnSeconds) return false;
  return onlineMembers(cluster, viewer).length > members(cluster).length / 2;
}
