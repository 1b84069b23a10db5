/** `qemu`: virtual machine; `lxc`: container. */
export type GuestType = 'qemu' | 'lxc';

/** QEMU's own state of a process, as `qmpstatus` shows it. */
export type QemuStatus =
  'running' | 'paused' | 'prelaunch' | 'inmigrate' | 'postmigrate' | 'internal-error' | 'io-error';

/** One QEMU (or container) process of a guest on one node. */
export interface GuestProcess {
  readonly node: string;
  readonly pid: number;
  readonly startedAt: number;
  /** The guest executes only where this is `running`. */
  qemuStatus: QemuStatus;
  /** Drives with a mirror job: a killed migration leaves it behind, and the next one fails on it (observed: Migration). */
  readonly mirrorJobs: Set<string>;
}

/** A time span in which the guest executed on a node; `until` is undefined while it does. */
export interface Placement {
  readonly node: string;
  readonly from: number;
  until: number | undefined;
}

/** A snapshot: the configuration as it was, under Proxmox's keys. */
export interface GuestSnapshot {
  readonly name: string;
  readonly config: Map<string, string>;
  readonly createdAt: number;
  readonly description: string | undefined;
  parent: string | undefined;
  readonly withMemory: boolean;
}

/** How the guest's inside behaves; not visible in Proxmox's configuration. */
export interface GuestBehaviour {
  /** Memory the guest really uses, in bytes. */
  memoryUsedBytes: number;
  /** How fast it dirties memory, in bytes per second. */
  dirtyBytesPerSecond: number;
  /** True if it shuts down when asked by ACPI. */
  respondsToAcpi: boolean;
  /** Seconds that its shutdown takes. */
  shutdownSeconds: number;
  /** True if a guest agent answers inside. */
  agentRunning: boolean;
  /** True if a DHCP server answers it. */
  dhcp: boolean;
  /** Share of its CPUs in use, 0 to 1. */
  cpuLoad: number;
}

/** One guest. Its `config` holds Proxmox's keys verbatim, `lock` and `template` included. */
export interface GuestState {
  readonly vmid: number;
  readonly type: GuestType;
  /** The node that holds the configuration file. */
  node: string;
  readonly config: Map<string, string>;
  /** Changes that wait for the next start: key to new value; undefined = to be deleted. */
  readonly pending: Map<string, string | undefined>;
  readonly snapshots: Map<string, GuestSnapshot>;
  currentSnapshot: string | undefined;
  readonly behaviour: GuestBehaviour;
  /** By node: usually none or one; a migration has two, a killed one may leave one behind. */
  readonly processes: Map<string, GuestProcess>;
  readonly placements: Placement[];
  /** How often a worker that had got its locks began to migrate this guest. */
  migrationsStarted: number;
  /** When it was powered on, before it may have been moved; undefined: with its process. */
  bootStartedAt?: number | undefined;
  /** When the configuration file was created. */
  readonly createdAt: number;
  pool: string | undefined;
}

/** The process on the guest's own node: its presence is what `status` shows as running. */
export function guestProcess(guest: GuestState): GuestProcess | undefined {
  return guest.processes.get(guest.node);
}

/** True if the guest has a process on the node that holds its configuration. */
export function isRunning(guest: GuestState): boolean {
  return guestProcess(guest) !== undefined;
}

/** The value of `lock` in the configuration, e.g. `migrate`. */
export function guestLock(guest: GuestState): string | undefined {
  return guest.config.get('lock');
}

/** True if the configuration says it is a template. */
export function isTemplate(guest: GuestState): boolean {
  return guest.config.get('template') === '1';
}

/** The name that lists show, as Proxmox makes one up where the configuration has none. */
export function guestName(guest: GuestState): string {
  if (guest.type === 'lxc') return guest.config.get('hostname') ?? `CT${guest.vmid}`;
  return guest.config.get('name') ?? `VM ${guest.vmid}`;
}
