import type { ClusterState } from '../cluster/state';
import { nodesConnected, type NodeState } from '../cluster/nodes';
import { ApiError, fail } from './errors';

/** How long the kernel still tries to find a silent node's address, in seconds after its loss (recording e1). */
const addressKnownSeconds = 34;
/** How long it takes once the address is known dead. */
const noRouteSeconds = 3.1;
/** What OpenSSL says of a certificate that the cluster does not know. */
const unverified = 'error:0A000086:SSL routines::certificate verify failed';
/** How long a proxy waits for a connection. */
const patienceSeconds = 30;

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
  const isKnown = contacted.isMember && node.isMember && node.certificateKnownAt <= cluster.clock.now();
  if (!isKnown) throw new ApiError(596, unverified);
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
  if (isAddress) throw new ApiError(596, unverified);
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
  const seconds = Math.max(lostAt + addressKnownSeconds - cluster.clock.now(), noRouteSeconds);
  await cluster.clock.sleep(Math.min(seconds, patienceSeconds));
  throw new ApiError(595, seconds > patienceSeconds ? 'Connection timed out' : 'No route to host');
}
