import { guestProcess, type GuestProcess, type GuestState } from '../cluster/guests';
import { nodesConnected, type NodeState } from '../cluster/nodes';
import { isQuorate } from '../cluster/quorum';
import type { ClusterState } from '../cluster/state';
import type { VolumeState } from '../cluster/volumes';
import { fail } from '../http/errors';
import type { Task } from '../tasks/task';
import type { TaskWorker } from '../tasks/worker';
import type { StorageMap } from './storage-map';
import { renderClock } from './text';

/** What a migration was asked for. */
export interface MigrationOptions {
  readonly target: NodeState;
  readonly withLocalDisks: boolean;
  readonly targetStorage: StorageMap;
  /** Undefined: as fast as it goes. */
  readonly bandwidthLimitBytesPerSecond: number | undefined;
  readonly conntrackState: boolean;
  /** Local devices don't matter for a stopped machine. */
  readonly force: boolean;
  /** Started by the HA manager, which says so in the log. */
  readonly startedByHa: boolean;
}

/** A volume of the guest and its copy on the target. */
export interface CopiedVolume {
  readonly from: VolumeState;
  readonly to: VolumeState;
  /** True for a disk that QEMU mirrored: its configuration then names the format (recordings d2). */
  readonly mirrored: boolean;
}

/** After so long without a packet the connection to the target breaks, in seconds (Linux: tcp_retries2). */
const connectionTimeoutSeconds = 924;

/** One migration: who, where, how far. Everything its worker does goes through this. */
export class MigrationRun {
  readonly startedAt: number;
  /** The machine's process on the source when the migration began; undefined for a stopped machine. */
  readonly process: GuestProcess | undefined;
  readonly copied: CopiedVolume[] = [];
  /** The task that starts the machine on the target. */
  startTask: Task | undefined;
  /** The process that it started there. */
  incoming: GuestProcess | undefined;
  /** True once something went wrong after the machine had moved. */
  hasProblems = false;
  /** When the present step should have begun: timers that fire late don't make the migration longer. */
  private dueAt: number;
  /** Since when the target was seen to be out of reach. */
  private lostAt: number | undefined;

  constructor(
    readonly cluster: ClusterState,
    readonly worker: TaskWorker,
    readonly guest: GuestState,
    readonly source: NodeState,
    readonly options: MigrationOptions,
  ) {
    this.startedAt = cluster.clock.now();
    this.dueAt = this.startedAt;
    this.process = guestProcess(guest);
  }

  get target(): NodeState {
    return this.options.target;
  }

  get live(): boolean {
    return this.process !== undefined;
  }

  get vmid(): number {
    return this.guest.vmid;
  }

  log(text: string): void {
    this.worker.logWithTime(text);
  }

  /** Something went wrong, and the migration goes on: it ends with "migration problems". */
  problem(text: string): void {
    this.hasProblems = true;
    this.log(`ERROR: ${text}`);
  }

  /** `hh:mm:ss` since the worker began. */
  duration(): string {
    return renderClock(this.cluster.clock.now() - this.startedAt);
  }

  /** Waits for the next step, counted from when this one was due. */
  async sleep(seconds: number): Promise<void> {
    this.dueAt += seconds;
    await this.worker.sleep(Math.max(this.dueAt - this.cluster.clock.now(), 0));
  }

  /** The same where a SIGTERM breaks nothing off, but ends the waiting. */
  async sleepUnlessInterrupted(seconds: number): Promise<void> {
    const { clock } = this.cluster;
    this.dueAt += seconds;
    const slept = clock.sleep(Math.max(this.dueAt - clock.now(), 0), this.worker.interrupted);
    await this.worker.wait(slept.catch(() => undefined));
  }

  /** The present step was due at `at`: the exact end of something that was waited for. */
  resumeFrom(at: number): void {
    this.dueAt = at;
  }

  /** Waits until the target can be reached; fails when the connection breaks meanwhile. */
  async untilTargetReachable(): Promise<void> {
    while (!this.targetReachable) {
      this.requireConnection();
      await this.worker.sleep(1);
      this.resumeFrom(this.cluster.clock.now());
    }
  }

  /** A connection without answers stays for a long time, and then breaks. To be called every now and then. */
  requireConnection(): void {
    const now = this.cluster.clock.now();
    if (this.targetReachable) this.lostAt = undefined;
    else this.lostAt ??= now;
    if (now - (this.lostAt ?? now) > connectionTimeoutSeconds)
      fail('client_loop: send disconnect: Broken pipe');
  }

  get targetReachable(): boolean {
    return nodesConnected(this.source, this.target);
  }

  /** Fails like a write to /etc/pve without quorum (behaviour.md 1.6). */
  requireWritableConfig(): void {
    if (isQuorate(this.cluster, this.source)) return;
    const file = `/etc/pve/nodes/${this.guest.node}/qemu-server/${this.vmid}.conf.tmp.${this.worker.pid}`;
    fail(`unable to open file '${file}' - Permission denied`);
  }
}
