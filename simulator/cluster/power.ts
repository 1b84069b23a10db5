import { endProcess, startProcess } from './guest-processes';
import type { NodeState } from './nodes';
import { guestsOfNode, type ClusterState } from './state';

/** From the start of a node until its guests with `onboot` are started. */
const startAllSeconds = 5;

/** The node is off at once: its workers and guest processes are gone, locks in configurations stay. */
export function crashNode(cluster: ClusterState, node: NodeState): void {
  if (node.power === 'off') return;
  node.power = 'off';
  node.unreachableSince ??= cluster.clock.now();
  cluster.tasks.killAllOn(node.name);
  for (const guest of cluster.guests.values()) endProcess(guest, node.name, cluster.clock.now());
  cluster.topology.changed();
}

/** The node boots; guests with `onboot` start a little later. */
export function bootNode(cluster: ClusterState, node: NodeState): void {
  if (node.power === 'on') return;
  node.power = 'on';
  node.bootedAt = cluster.clock.now();
  becomeReachable(cluster, node);
  cluster.clock.after(startAllSeconds, () => startAll(cluster, node));
}

/** No packet passes between this node and the others; the node itself, its workers and guests run on. */
export function cutLink(cluster: ClusterState, node: NodeState): void {
  node.linkCut = true;
  node.unreachableSince ??= cluster.clock.now();
  cluster.topology.changed();
}

/** The link works again. */
export function restoreLink(cluster: ClusterState, node: NodeState): void {
  node.linkCut = false;
  becomeReachable(cluster, node);
}

function becomeReachable(cluster: ClusterState, node: NodeState): void {
  if (node.linkCut || node.power === 'off') return;
  node.unreachableSince = undefined;
  node.reachableSince = cluster.clock.now();
  cluster.topology.changed();
}

function startAll(cluster: ClusterState, node: NodeState): void {
  if (node.power === 'off') return;
  for (const guest of guestsOfNode(cluster, node.name)) {
    if (guest.config.get('onboot') !== '1' || guest.config.has('lock') || guest.processes.has(node.name))
      continue;
    startProcess(guest, { node: node.name, pid: cluster.tasks.newPid(node.name), now: cluster.clock.now() });
  }
}
