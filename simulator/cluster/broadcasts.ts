import type { SimulatedClock } from '../clock';
import { byStart, type Task } from '../tasks/task';

/** Figures of a guest, under the names of /cluster/resources. */
export interface GuestFigures {
  readonly name: string;
  readonly template: 0 | 1;
  /** QEMU's own state where there is a process, else `stopped`. */
  readonly status: string;
  readonly uptime: number;
  readonly cpu: number;
  readonly maxcpu: number;
  readonly mem: number;
  readonly maxmem: number;
  readonly disk: number;
  readonly maxdisk: number;
  readonly netin: number;
  readonly netout: number;
  readonly diskread: number;
  readonly diskwrite: number;
}

/** Figures of a node, under the names of /cluster/resources. */
export interface NodeFigures {
  readonly cpu: number;
  readonly maxcpu: number;
  readonly mem: number;
  readonly maxmem: number;
  readonly disk: number;
  readonly maxdisk: number;
  readonly uptime: number;
}

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

/** Figures and when they were sent. */
interface Sent<Figures> {
  readonly at: number;
  readonly figures: Figures;
}

/**
 * What the nodes' pvestatd last told the others, some seconds old: the source of /cluster/resources, /nodes and
 * /cluster/tasks (behaviour.md 4.2). Figures of a silent node stay for five minutes. pvestatd.ts fills it.
 */
export class Broadcasts {
  private readonly nodes = new Map<string, Sent<NodeFigures>>();
  private readonly guests = new Map<number, Sent<GuestFigures>>();
  private readonly storages = new Map<string, Sent<StorageFigures | undefined>>();
  private readonly taskLists = new Map<string, readonly BroadcastTask[]>();

  constructor(
    private readonly clock: SimulatedClock,
    private readonly expirySeconds: number,
  ) {}

  keepNode(name: string, figures: NodeFigures): void {
    this.nodes.set(name, this.sent(figures));
  }

  keepGuest(vmid: number, figures: GuestFigures): void {
    this.guests.set(vmid, this.sent(figures));
  }

  /** Without figures: it is inactive on the node. */
  keepStorage(node: string, storage: string, figures: StorageFigures | undefined): void {
    this.storages.set(`${node}/${storage}`, this.sent(figures));
  }

  /** The node's whole list. */
  keepTasks(node: string, tasks: readonly Task[]): void {
    const before = new Map(this.taskLists.get(node)?.map((row) => [row.task, row]));
    this.taskLists.set(
      node,
      tasks.map((task) => broadcastTask(task, before.get(task))),
    );
  }

  /** Last figures of a node, unless they expired. */
  node(name: string): NodeFigures | undefined {
    return this.fresh(this.nodes.get(name));
  }

  /** Last figures of a guest, unless they expired. */
  guest(vmid: number): GuestFigures | undefined {
    return this.fresh(this.guests.get(vmid));
  }

  /** Last space of a storage on a node; undefined if it was inactive, or the figures expired. */
  storage(node: string, storage: string): StorageFigures | undefined {
    return this.fresh(this.storages.get(`${node}/${storage}`));
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

  private sent<Figures>(figures: Figures): Sent<Figures> {
    return { at: this.clock.now(), figures };
  }

  private fresh<Figures>(entry: Sent<Figures> | undefined): Figures | undefined {
    return entry !== undefined && this.clock.now() - entry.at < this.expirySeconds
      ? entry.figures
      : undefined;
  }
}

function broadcastTask(task: Task, before: BroadcastTask | undefined): BroadcastTask {
  const { endTime, exitStatus } = task;
  if (task.running) return { task, endTime, exitStatus, saved: before === undefined ? undefined : '0' };
  return { task, endTime, exitStatus, saved: before !== undefined && before.endTime === undefined ? 1 : '1' };
}
