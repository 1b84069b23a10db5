import { isQuorate } from '../cluster/quorum';
import type { ClusterState } from '../cluster/state';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';
import { guestLockFile } from '../tasks/locks';
import type { TaskWorker } from '../tasks/worker';

/**
 * A change of a machine while it is carried out: in the call itself (the client waits for it, nothing is logged) or in
 * the worker of a task.
 */
export class Operation {
  readonly cluster: ClusterState;
  readonly node: string;

  readonly worker: TaskWorker | undefined;

  constructor(
    readonly call: ApiCall,
    worker?: TaskWorker,
  ) {
    this.worker = worker;
    this.cluster = call.cluster;
    this.node = call.node.name;
  }

  /** Adds a line to the task's log; what is done in the call itself has none, a command prints it. */
  log(text: string): void {
    if (this.worker === undefined) this.call.print(text);
    else this.worker.log(text);
  }

  /** Waits for simulated seconds. */
  sleep(seconds: number): Promise<void> {
    return this.worker === undefined ? this.call.sleep(seconds) : this.worker.sleep(seconds);
  }

  /** Runs `action` while holding the lock file of a machine on this node (behaviour.md 3.4). */
  locked<T>(vmid: number, action: () => Promise<T>, timeoutSeconds = 10): Promise<T> {
    return this.lockedFile(guestLockFile('qemu', vmid), action, timeoutSeconds);
  }

  /** Runs `action` while holding a lock file of this node. */
  lockedFile<T>(file: string, action: () => Promise<T>, timeoutSeconds = 10): Promise<T> {
    const worker = this.worker === undefined ? {} : { worker: this.worker };
    return this.cluster.locks.hold(this.node, file, { ...worker, timeoutSeconds }, action);
  }

  /** True if the cluster's file system can be written on this node. */
  get canWrite(): boolean {
    return isQuorate(this.cluster, this.call.node);
  }

  /** Fails as writing the machine's configuration does without quorum (recording e1). */
  requireWritable(vmid: number): void {
    if (this.canWrite) return;
    const pid = this.worker?.pid ?? this.cluster.tasks.newPid(this.node);
    fail(
      `unable to open file '/etc/pve/nodes/${this.node}/qemu-server/${vmid}.conf.tmp.${pid}' - Permission denied`,
    );
  }
}
