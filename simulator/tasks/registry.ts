import type { SimulatedClock } from '../clock';
import { Task } from './task';
import { formatUpid, parseUpid } from './upid';
import { TaskWorker } from './worker';

/** What a new task is. */
export interface TaskSpec {
  /** The node it runs on. */
  readonly node: string;
  /** Proxmox's task type, e.g. `qmigrate`. */
  readonly type: string;
  /** The object's id, e.g. the vmid; may be empty. */
  readonly id: string;
  /** Who it runs for: user or `<user>!<token>`. */
  readonly authId: string;
  /** What SIGTERM makes its waits throw; `received interrupt` by default. */
  readonly interruptText?: string;
  /** The worker's code; what it throws is the task's error. */
  run(worker: TaskWorker): Promise<void>;
}

/** An ended task of the past, for scenarios. */
export interface PastTask {
  readonly upid: string;
  readonly endTime: number;
  readonly exitStatus: string;
  readonly log: readonly string[];
}

/** All tasks of all nodes, running and ended. */
export class TaskRegistry {
  private readonly byUpid = new Map<string, Task>();
  private readonly byNode = new Map<string, Task[]>();
  private readonly nextPid = new Map<string, number>();
  private readonly listeners = new Set<(task: Task) => void>();

  constructor(
    private readonly clock: SimulatedClock,
    private readonly bootedAt: (node: string) => number,
  ) {}

  /** Starts a task; its code begins to run after the caller has the UPID. */
  start(spec: TaskSpec): Task {
    const parts = {
      node: spec.node,
      pid: this.newPid(spec.node),
      pstart: Math.max(Math.floor((this.clock.now() - this.bootedAt(spec.node)) * 100), 1),
      starttime: this.clock.epochSeconds(),
      type: spec.type,
      id: spec.id,
      authId: spec.authId,
    };
    const upid = formatUpid(parts);
    const worker = new TaskWorker(
      spec.node,
      upid,
      parts.pid,
      this.clock,
      spec.interruptText ?? 'received interrupt',
    );
    const task = new Task(upid, parts, worker);
    this.add(task);
    setImmediate(() => void this.run(task, spec));
    this.notify(task);
    return task;
  }

  /** A process id that was not used on the node yet. */
  newPid(node: string): number {
    const pid = this.nextPid.get(node) ?? 3000;
    this.nextPid.set(node, pid + 1);
    return pid;
  }

  /** The task with this UPID, if its log is on the node. */
  find(upid: string, node: string): Task | undefined {
    const task = this.byUpid.get(upid);
    return task?.parts.node === node ? task : undefined;
  }

  /** The tasks of a node in the order of their start. */
  ofNode(node: string): readonly Task[] {
    return this.byNode.get(node) ?? [];
  }

  all(): Task[] {
    return [...this.byUpid.values()];
  }

  /** `listener` hears of each task when it starts and when it has ended. */
  onChange(listener: (task: Task) => void): void {
    this.listeners.add(listener);
  }

  /** What DELETE of a task does: SIGTERM, up to 5 s, then SIGKILL (behaviour.md 3.3). */
  async stop(task: Task): Promise<void> {
    if (!task.running) return;
    task.worker.interrupt();
    await Promise.race([task.finished, this.clock.sleep(5)]);
    this.kill(task);
  }

  /** SIGKILL to the worker. */
  kill(task: Task): void {
    if (!task.running) return;
    task.kill(this.clock.now());
    this.notify(task);
  }

  /** The node has crashed: every worker on it is gone. */
  killAllOn(node: string): void {
    for (const task of this.ofNode(node)) this.kill(task);
  }

  /** Adds an ended task of the past. Throws if the UPID is malformed. */
  restore(past: PastTask): void {
    const parts = parseUpid(past.upid);
    if (parts === undefined) throw new Error(`not a UPID: ${past.upid}`);
    const worker = new TaskWorker(parts.node, past.upid, parts.pid, this.clock, '');
    worker.lines.push(...past.log);
    const task = new Task(past.upid, parts, worker);
    task.restoreEnd(past.endTime, past.exitStatus);
    this.add(task);
  }

  private async run(task: Task, spec: TaskSpec): Promise<void> {
    try {
      await spec.run(task.worker);
      task.end(this.clock.now());
    } catch (error) {
      task.end(this.clock.now(), error);
    }
    this.notify(task);
  }

  private add(task: Task): void {
    this.byUpid.set(task.upid, task);
    const tasks = this.byNode.get(task.parts.node) ?? [];
    tasks.push(task);
    this.byNode.set(task.parts.node, tasks);
  }

  private notify(task: Task): void {
    for (const listener of this.listeners) listener(task);
  }
}
