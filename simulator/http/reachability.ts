import type { ClusterState } from '../cluster/state';
import { nodesConnected, type NodeState } from '../cluster/nodes';
import { ApiError, fail } from './errors';

/** How long a connection attempt to a silent node takes at first, then once its address is known dead (recordings e1). */
const firstAttempts = { windowSeconds: 30, waitSeconds: 30, reason: 'Connection timed out' };
const laterAttempts = { waitSeconds: 3.1, reason: 'No route to host' };

/**
 * The node that a path names, as the contacted node finds it (behaviour.md 1.4, 1.5). Fails as Proxmox does where it
 * can't be found or reached: 500 for an unknown name, 595 for an unreachable node, 596 for an address.
 */
export async function reachNode(
  cluster: ClusterState,
  contacted: NodeState,
  name: string,
): Promise<NodeState> {
  if (name === 'localhost' || name === contacted.name) return contacted;
  const node = cluster.nodes.get(name);
  if (node === undefined) return refuseUnknown(cluster, name);
  if (!nodesConnected(contacted, node)) await giveUpConnecting(cluster, contacted, node);
  if (node.pveproxy === 'stopped') throw new ApiError(595, 'Connection refused');
  return node;
}

/** Fails with 595 if the node's pvedaemon is down: protected methods are executed by it. */
export function requirePvedaemon(node: NodeState): void {
  if (node.pvedaemon === 'stopped') throw new ApiError(595, 'Connection refused');
}

function refuseUnknown(cluster: ClusterState, name: string): never {
  const isAddress = [...cluster.nodes.values()].some((node) => node.ip === name);
  if (isAddress) throw new ApiError(596, 'error:0A000086:SSL routines::certificate verify failed');
  return fail(
    `hostname lookup '${name}' failed - failed to get address info for: ${name}: Temporary failure in name resolution`,
  );
}

async function giveUpConnecting(
  cluster: ClusterState,
  contacted: NodeState,
  node: NodeState,
): Promise<never> {
  const lostAt = Math.max(contacted.unreachableSince ?? 0, node.unreachableSince ?? 0);
  const isRecent = cluster.clock.now() - lostAt < firstAttempts.windowSeconds;
  const attempt = isRecent ? firstAttempts : laterAttempts;
  await cluster.clock.sleep(attempt.waitSeconds);
  throw new ApiError(595, attempt.reason);
}
