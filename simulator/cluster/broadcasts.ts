import { byStart } from '../tasks/rows';
import type { Task } from '../tasks/task';
import { guestFigures, nodeFigures, type GuestFigures, type NodeFigures } from './figures';
import type { NodeState } from './nodes';
import { guestsOfNode, type ClusterState } from './state';
import { storageActive, storageOnNode, storageSpace } from './storages';

/** How many ended tasks a node's list keeps (behaviour.md 3.3). */
const endedTasksKept = 25;

/** Space of a storage as last broadcast by a node. */
export interface StorageFigures {
  readonly disk: number;
  readonly maxdisk: number;
}

/** A row of a node's task list as it was when last sent. */
export interface BroadcastTask {
  readonly task: Task;
  readonly endTime: number | undefined;
  readonly exitStatus: string | undefined;
  /**
   * Whether it is in the archive: nothing when just started, a number when just ended, a text once the list was read
   * back from its file (recordings 8 e1, 9 d4 and k1).
   */
  readonly saved: undefined | '0' | 1 | '1';
}

/**
 * What the nodes' pvestatd last told the others, some seconds old: the source of /cluster/resources, /nodes and
 * /cluster/tasks (behaviour.md 4.2). Figures of a silent node stay for five minutes.
 */
export class Broadcasts {
  private readonly nodes = new Map<string, { readonly at: number; readonly figures: NodeFigures }>();
  private readonly guests = new Map<number, { readonly at: number; readonly figures: GuestFigures }>();
  private readonly storages = new Map<
    string,
    { readonly at: number; readonly figures: StorageFigures | undefined }
  >();
  private readonly taskLists = new Map<string, readonly BroadcastTask[]>();

  /** One round of a node's pvestatd. */
  send(cluster: ClusterState, node: NodeState): void {
    if (node.power === 'off' || node.linkCut) return;
    const at = cluster.clock.now();
    node.lastBroadcastAt = at;
    this.nodes.set(node.name, { at, figures: nodeFigures(cluster, node) });
    for (const guest of guestsOfNode(cluster, node.name)) {
      this.guests.set(guest.vmid, { at, figures: guestFigures(cluster, guest) });
    }
    for (const storage of cluster.storages.values()) {
      if (!storageOnNode(storage, node.name)) continue;
      const figures = storageActive(storage, node.name)
        ? {
            disk: cluster.volumes.usedBytes(storage, node.name),
            maxdisk: storageSpace(storage, node.name).totalBytes,
          }
        : undefined;
      this.storages.set(`${node.name}/${storage.id}`, { at, figures });
    }
    this.sendTasks(cluster, node);
  }

  /** The node's task list is sent when a task starts, and in each round. */
  sendTasks(cluster: ClusterState, node: NodeState): void {
    const tasks = cluster.tasks.ofNode(node.name);
    const running = tasks.filter((task) => task.running);
    const ended = tasks.filter((task) => !task.running).slice(-endedTasksKept);
    const before = new Map(this.taskLists.get(node.name)?.map((row) => [row.task, row]));
    this.taskLists.set(
      node.name,
      [...running, ...ended].map((task) => broadcastTask(task, before.get(task))),
    );
  }

  /** Last figures of a node, unless they expired. */
  node(cluster: ClusterState, name: string): NodeFigures | undefined {
    return fresh(cluster, this.nodes.get(name));
  }

  /** Last figures of a guest, unless they expired. */
  guest(cluster: ClusterState, vmid: number): GuestFigures | undefined {
    return fresh(cluster, this.guests.get(vmid));
  }

  /** Last space of a storage on a node; undefined if it was inactive, or the figures expired. */
  storage(cluster: ClusterState, node: string, storage: string): StorageFigures | undefined {
    return fresh(cluster, this.storages.get(`${node}/${storage}`));
  }

  /** Task rows of all nodes as last sent, newest first. */
  tasks(): BroadcastTask[] {
    const rows = [...this.taskLists.values()].flat();
    return rows.sort((one, other) => byStart(one.task, other.task));
  }

  /** A guest that is gone is not shown any more, a new one with its id not by old figures. */
  forgetGuest(vmid: number): void {
    this.guests.delete(vmid);
  }
}

function broadcastTask(task: Task, before: BroadcastTask | undefined): BroadcastTask {
  const { endTime, exitStatus } = task;
  if (task.running) return { task, endTime, exitStatus, saved: before === undefined ? undefined : '0' };
  return { task, endTime, exitStatus, saved: before !== undefined && before.endTime === undefined ? 1 : '1' };
}

function fresh<T>(
  cluster: ClusterState,
  entry: { readonly at: number; readonly figures: T } | undefined,
): T | undefined {
  if (entry === undefined) return undefined;
  return cluster.clock.now() - entry.at < cluster.timings.broadcastExpirySeconds ? entry.figures : undefined;
}
