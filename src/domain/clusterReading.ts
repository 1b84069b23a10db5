import type { Problem } from './errors';
import type { GuestKind } from './guest';

/** A node that did not answer, or not in time; what is known of it is older, or missing. */
export interface UnansweredNode {
  readonly node: string;
  readonly problem: Problem;
}

/** What every reading of a cluster says beside its rows. */
export interface ReadingBase {
  /** Our name of the cluster. */
  readonly cluster: string;
  /** ISO time. */
  readonly takenAt: string;
  /** Nodes of the question that did not answer. Empty: the reading is complete. */
  readonly unanswered: readonly UnansweredNode[];
  /** What makes the reading doubtful: missing privileges, certificates that are not verified. */
  readonly warnings: readonly string[];
}

/** One node. Figures are absent where it did not answer. */
export interface NodeSummary {
  readonly node: string;
  /** `unknown`: the cluster counts it as online, but it did not answer. */
  readonly status: 'online' | 'offline' | 'unknown';
  /** HA's word for it, e.g. online, maintenance, fence; absent where HA is not used. */
  readonly haState?: string;
  /** e.g. `8.4.1`. */
  readonly version?: string;
  readonly cpus?: number;
  /** Share of all CPUs that is busy, 0 to 1. */
  readonly cpuShare?: number;
  readonly memoryUsedBytes?: number;
  readonly memoryTotalBytes?: number;
  readonly uptimeSeconds?: number;
  /** Guests whose configuration lies on it, templates included. */
  readonly guests: number;
  readonly guestsRunning?: number;
}

/** One guest. Figures are absent where its node did not answer. */
export interface GuestSummary {
  readonly vmid: number;
  /** Absent where nobody knows it: the node has not answered for minutes. */
  readonly name?: string;
  readonly kind: GuestKind;
  readonly node: string;
  /**
   * `running`, `stopped` or `template`, from its own node; QEMU's word (`paused`, `io-error`, ...) where a running one
   * has another state, up to 15 s old; `unknown` where the node does not answer.
   */
  readonly status: string;
  /** The `lock` key of its configuration, e.g. `migrate`. */
  readonly lock?: string;
  readonly tags: readonly string[];
  /** State of its HA service; absent where HA does not manage it. */
  readonly haState?: string;
  readonly cpus?: number;
  /** Share of its CPUs that is busy, 0 to 1. */
  readonly cpuShare?: number;
  /** Configured memory. */
  readonly memoryBytes?: number;
  /** Can be more than the configured: version 9 counts what QEMU itself takes (observed-9). */
  readonly memoryUsedBytes?: number;
  readonly uptimeSeconds?: number;
}

/** One storage: a shared one once, any other once for each node. Figures are up to 15 s old. */
export interface StorageSummary {
  readonly storage: string;
  /** e.g. `lvmthin`, `nfs`. */
  readonly type: string;
  readonly shared: boolean;
  readonly content: readonly string[];
  /** The nodes that it is meant for. */
  readonly nodes: readonly string[];
  /** Nodes that can't use it now: it is disabled, or broken there. */
  readonly unavailableOn: readonly string[];
  /** Nodes that do not answer: whether they can use it is not known. */
  readonly unknownOn: readonly string[];
  /** `partly`: on some of its nodes. `unknown`: no node that it is meant for answers. */
  readonly status: 'available' | 'partly' | 'unavailable' | 'unknown';
  /** Absent where no node tells. */
  readonly usedBytes?: number;
  readonly totalBytes?: number;
}

/** How a task stands: `unknown` ended without a word, or its node does not answer. */
export type TaskOutcome = 'running' | 'ok' | 'warning' | 'error' | 'unknown';

/** One task. */
export interface TaskSummary {
  readonly upid: string;
  readonly node: string;
  /** e.g. `qmigrate`. */
  readonly type: string;
  /** What it works on, often a VMID; may be empty. */
  readonly object: string;
  /** `user@realm`, with `!name` where a token started it. */
  readonly user: string;
  /** ISO time by its node's clock. */
  readonly startedAt: string;
  /** ISO time; absent while it runs. */
  readonly endedAt?: string;
  readonly outcome: TaskOutcome;
  /** Proxmox's own words for how it ended, e.g. `OK`, `WARNINGS: 1`, or the error. */
  readonly exitStatus?: string;
}

/** High availability, as its manager last wrote it down. */
export interface HaSummary {
  /** The node whose manager decides; absent where HA is not used. */
  readonly master?: string;
  /** Only 9.2 tells: `armed`, `standby`, `disarmed`, ... */
  readonly armedState?: string;
  readonly maintenanceNodes: readonly string[];
  /** How many services are in which state. */
  readonly services: Readonly<Record<string, number>>;
  /** Services that need a person, or are being recovered: state error, fence, recovery. */
  readonly troubled: readonly HaService[];
}

/** One HA service. */
export interface HaService {
  /** `vm:101` or `ct:101`. */
  readonly sid: string;
  readonly node?: string;
  readonly state: string;
}

/** A cluster on one screen. */
export interface ClusterHealth extends ReadingBase {
  /** Proxmox's own name of the cluster; absent for a single node without one. */
  readonly proxmoxName?: string;
  readonly quorate: boolean;
  readonly nodes: readonly NodeSummary[];
  /** How many guests are in which status (as in {@link GuestSummary}). */
  readonly guests: Readonly<Record<string, number>>;
  /** Guests with a lock: work in progress, or left behind by a task that died. At most 20. */
  readonly locked: readonly Pick<GuestSummary, 'vmid' | 'name' | 'node' | 'lock'>[];
  /** Absent: it could not be read; a warning says why. */
  readonly ha?: HaSummary;
  readonly storages: readonly StorageSummary[];
  /** Of the nodes that answered, newest first. At most 50. */
  readonly runningTasks: readonly TaskSummary[];
}

/** All guests that fit, by VMID. */
export interface GuestList extends ReadingBase {
  readonly guests: readonly GuestSummary[];
}

/** All nodes that fit, by name. */
export interface NodeList extends ReadingBase {
  readonly quorate: boolean;
  readonly nodes: readonly NodeSummary[];
}

/** All storages that fit, by name, then node. */
export interface StorageList extends ReadingBase {
  readonly storages: readonly StorageSummary[];
}

/** Tasks that fit, newest first. */
export interface TaskList extends ReadingBase {
  readonly tasks: readonly TaskSummary[];
}

/** The lowest free VMID of a range. */
export interface FreeVmid extends ReadingBase {
  readonly first: number;
  readonly last: number;
  /** Absent: the range is full. Nothing is reserved: another one may take it first. */
  readonly vmid?: number;
}
