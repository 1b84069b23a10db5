import type { MemberMarker } from '../../domain/cluster/member';
import type { GuestKind } from '../../domain/guest';
import type { LedgerView } from '../../domain/lease';
import type { StorageView } from '../template/facts';

/** A node that machines could be put on. */
export interface PlaceView {
  readonly name: string;
  readonly online: boolean;
  /** Physical memory; 0 where it is not known. */
  readonly memoryTotalBytes: number;
  /** The larger of what the node reports as used and the configured memory of its running guests. */
  readonly memoryTakenBytes: number;
  /** Logical CPUs: Proxmox does not start a guest with more cores. */
  readonly cpus: number;
  /** e.g. `9.2.1`; absent where it does not answer. */
  readonly version?: string;
  /** HA's own word for the node, where HA is used: `online`, `maintenance`, ... */
  readonly haState?: string;
  /** As this node sees them. */
  readonly storages: readonly StorageView[];
}

/** A guest as lists show it; those of nodes that do not answer are among them (`/cluster/resources`). */
export interface ListedMachine {
  readonly vmid: number;
  readonly node: string;
  /** Empty where it has none. */
  readonly name: string;
  readonly kind: GuestKind;
  readonly running: boolean;
  readonly template: boolean;
  /** Configured memory. */
  readonly memoryBytes: number;
  /** As the cluster's own list has it; absent: it is in none. */
  readonly pool?: string;
}

/** A virtual machine with its configuration, as its node tells it (`seenMember` makes it). */
export interface MarkedMember {
  readonly vmid: number;
  readonly node: string;
  /** Empty where it has none. */
  readonly name: string;
  readonly running: boolean;
  readonly template: boolean;
  /** Of its description, whatever VMID it names: it counts only if that is the machine's own. */
  readonly marker?: MemberMarker;
  /** SMBIOS uuid, lower case. */
  readonly uuid?: string;
  /** Its configuration. */
  readonly keys: ReadonlyMap<string, string>;
  /** Volume ids that are deleted with it: its own, unused ones and saved memory among them. */
  readonly volumes: readonly string[];
  /** e.g. `clone`, `backup`. */
  readonly lock?: string;
  readonly protection: boolean;
  /** Lower case, sorted. */
  readonly tags: readonly string[];
}

/** A copy of the template that is in force. */
export interface TemplateCopyView {
  readonly node: string;
  readonly vmid: number;
  /** Name of the template in its marker. */
  readonly template: string;
  readonly generation: number;
  /** Its configuration: disks with their sizes, cloud-init drive, agent. */
  readonly keys: ReadonlyMap<string, string>;
  /** What its disks really take on storages of files; absent: not known, the virtual size is meant. */
  readonly usedBytes?: number;
}

/** An IPv4 address that somebody has. */
export interface SeenAddress {
  readonly address: string;
  /** The guest whose configuration (`ipconfigN`) has it; absent: it is leased, or shared by control planes. */
  readonly vmid?: number;
  /** Who has it, in words: `VM 105 (web-1)`, `cluster/lab/k3s-dev`. */
  readonly by: string;
}

/** What the token may do. */
export interface HeldPrivileges {
  /** On exactly this path, entries above it included. */
  readonly holds: (privilege: string, path: string) => boolean;
  /** On any path at all. */
  readonly holdsSomewhere: (privilege: string) => boolean;
}

/** One look at the cluster, for planning, checking and status. */
export interface ClusterLook {
  readonly nodes: readonly PlaceView[];
  /** Every guest: a VMID that is not among them is gone everywhere. */
  readonly guests: readonly ListedMachine[];
  /** Every virtual machine whose description has a member marker; at least those of this cluster. */
  readonly marked: readonly MarkedMember[];
  /**
   * Whatever has the VMID of a member of the record, of a machine of the plan that is checked, or is to be adopted: with
   * its marker or without. Those of nodes that do not answer are missing.
   */
  readonly members: readonly MarkedMember[];
  /** Copies of the version in force of the profile's template, on nodes that answer; empty: there is none. */
  readonly copies: readonly TemplateCopyView[];
  /** Names of all templates that have a version in force, on nodes that answer; absent: nobody asked. */
  readonly templates?: readonly string[];
  /** Addresses that guests have, that others have leased, or share. Needed where addresses are static, or shared. */
  readonly addresses: readonly SeenAddress[];
  /** MAC addresses of the virtual machines whose configurations were read, in upper case. */
  readonly macs: readonly string[];
  /** Names of the pools; absent: nobody asked. */
  readonly pools?: readonly string[];
  /** VMIDs of guests that HA manages. */
  readonly haManaged: readonly number[];
  readonly privileges: HeldPrivileges;
  /** Leases of others, not our own. */
  readonly othersLeases: LedgerView;
  /** Said in every plan: TLS not verified, facts that could not be read. */
  readonly warnings: readonly string[];
}
