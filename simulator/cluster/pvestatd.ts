import { guestFigures, nodeFigures } from './figures';
import type { NodeState } from './nodes';
import { guestsOfNode, type ClusterState } from './state';
import { storageActive, storageOnNode, storageSpace } from './storages';

/** How many ended tasks a node's list keeps (behaviour.md 3.3). */
const endedTasksKept = 25;

/** One round of a node's pvestatd: it tells the others its figures. */
export function sendFigures(cluster: ClusterState, node: NodeState): void {
  if (node.power === 'off' || node.linkCut) return;
  const { broadcasts } = cluster;
  node.lastBroadcastAt = cluster.clock.now();
  broadcasts.keepNode(node.name, nodeFigures(cluster, node));
  for (const guest of guestsOfNode(cluster, node.name)) {
    broadcasts.keepGuest(guest.vmid, guestFigures(cluster, guest));
  }
  for (const storage of cluster.storages.values()) {
    if (!storageOnNode(storage, node.name)) continue;
    const figures = storageActive(storage, node.name)
      ? {
          disk: cluster.volumes.usedBytes(storage, node.name),
          maxdisk: storageSpace(storage, node.name).totalBytes,
        }
      : undefined;
    broadcasts.keepStorage(node.name, storage.id, figures);
  }
  sendTasks(cluster, node);
}

/** The node's task list is sent when a task starts, and in each round. */
export function sendTasks(cluster: ClusterState, node: NodeState): void {
  const tasks = cluster.tasks.ofNode(node.name);
  const running = tasks.filter((task) => task.running);
  const ended = tasks.filter((task) => !task.running).slice(-endedTasksKept);
  cluster.broadcasts.keepTasks(node.name, [...running, ...ended]);
}
