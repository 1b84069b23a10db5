import type { PlaybookPlan } from '../ansible/plan';
import type { StorageReservation } from '../buildLease';
import type { OperationTimes } from '../evacuationPlan';
import type { MemoryReservation } from '../lease';
import type { FileDigest, TalosClusterPlan } from '../talos/machine';
import type { ClusterMember } from './member';
import type { CloudinitSettings, ClusterType, DnsSettings, FluxSettings } from './profile';
import type { ClusterAction } from './request';

/** A copy of the template that machines are cloned from, by this identity. */
export interface CloneSource {
  readonly node: string;
  readonly vmid: number;
  /** As its marker has them. */
  readonly template: string;
  readonly generation: number;
}

/** How a machine's clone comes to its node (reference: cluster-lifecycle, clone model). */
export type CloneWay =
  /** A linked clone of a copy on the same node, or on storage that both see. */
  | 'linked'
  /** A full clone on the copy's node that stays there, or is made on shared storage for another node. */
  | 'full'
  /** A full clone on the copy's node, then moved offline. */
  | 'fullThenMoved';

/** A static address of a machine. */
export interface PlannedAddress {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway?: string;
}

/** A network card of a machine. */
export interface PlannedCard {
  readonly key: string;
  readonly bridge: string;
  readonly vlan?: number;
  /** Leased, in upper case. Absent: that which Proxmox has made, of a machine that was begun. */
  readonly macAddress?: string;
}

/** A machine that will be made. */
export interface PlannedMachine {
  readonly name: string;
  readonly role: string;
  readonly kind: 'controlPlane' | 'worker';
  readonly ordinal: number;
  /** Leased; in a dry run only free at the moment. */
  readonly vmid: number;
  readonly node: string;
  readonly source: CloneSource;
  readonly way: CloneWay;
  /** How many volumes a linked clone makes, each under the lock of its storage; absent: it is no linked one. */
  readonly linkedVolumes?: number;
  /** Storage of its disks; absent: that of the template (linked clones always). */
  readonly storage?: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** First disk: its key (`scsi0`) and the size it is grown to. Absent: stays as it is. */
  readonly grow?: { readonly disk: string; readonly toBytes: number };
  /** Further disks, in the order of their keys: `storage:GiB` is what Proxmox is told. */
  readonly moreDisks: readonly {
    readonly key: string;
    readonly sizeBytes: number;
    readonly storage: string;
  }[];
  /** `net0`, `net1`, ...; the model is the template's. */
  readonly networkCards: readonly PlannedCard[];
  /** Absent: DHCP. */
  readonly address?: PlannedAddress;
  /** Sorted, lower case. */
  readonly tags: readonly string[];
  readonly startOrder?: number;
  /** Talos: files with patches of its role and its own, absolute paths. Absent: none. */
  readonly patches?: readonly string[];
  /** Model time until it is in place. */
  readonly estimatedSeconds: number;
  /** Why this node and this way, in words. */
  readonly because: string;
  /** It was begun before, by exactly this identity: what is there is finished, nothing is cloned. */
  readonly begun?: ClusterMember;
}

/** A machine that is stopped, set aside, deleted or brought back, by exactly this identity. */
export interface PlannedRemoval {
  readonly member: ClusterMember;
  /** Volumes that go with it (deleting); nothing else is freed. */
  readonly volumes: readonly string[];
  readonly running: boolean;
  /** Whether it is protected against removal: that is taken off. `false` and it is by now: a person wants it kept. */
  readonly protection?: boolean;
  /** Newest snapshot, which goes with it as those before it do (deleting). Absent: it has none. */
  readonly snapshot?: string;
  /** What it is called once it is set aside. */
  readonly asideName: string;
  /** What it is called once it is brought back; only where it is. */
  readonly nameThen?: string;
  /**
   * How it is seen to be ready again once it was brought back; of Talos that Talos runs on it, by its certificates. Absent: it
   * is not brought back, or was never ready before.
   */
  readonly readiness?: MachineReadiness;
}

/** A machine made by hand that becomes a member. */
export interface PlannedAdoption {
  readonly name: string;
  readonly role: string;
  readonly ordinal: number;
  readonly vmid: number;
  readonly node: string;
  /** SMBIOS uuid that was seen. */
  readonly uuid: string;
  /** What it is called now: it keeps that. */
  readonly nameNow: string;
}

/** Machines that are handled together; a plan's phases run one after the other. */
export type ClusterPhase =
  | { readonly kind: 'make'; readonly machines: readonly PlannedMachine[] }
  /** Shut down, renamed, protection kept. */
  | { readonly kind: 'setAside'; readonly removals: readonly PlannedRemoval[] }
  /** Shut down if running, and deleted. */
  | { readonly kind: 'delete'; readonly removals: readonly PlannedRemoval[] }
  /** Their names come back and they are started. */
  | { readonly kind: 'revive'; readonly removals: readonly PlannedRemoval[] }
  | { readonly kind: 'adopt'; readonly adoptions: readonly PlannedAdoption[] };

/** When a machine counts as ready. */
export type MachineReadiness =
  /** The agent answers, cloud-init has finished, it has its address. */
  | 'agent'
  /** Its address is known; what comes then is asked through Talos and Kubernetes. */
  | 'talosApi'
  /** It runs, and still does after a while. */
  | 'running';

/** What makes a Kubernetes cluster of Talos machines. */
export interface PlannedTalos {
  readonly cluster: TalosClusterPlan;
  /** Name of the role whose machines are control planes. */
  readonly controlPlaneRole: string;
  /** VMID of the one machine that etcd is bootstrapped on; absent: that was done before. */
  readonly bootstrapOn?: number;
  /** All of the machines go, and with them the cluster that they are: new secrets are made after that. */
  readonly anew?: true;
  /**
   * Control planes of the record that are gone and are not made again: what is left of them in etcd is removed before
   * anything else. Absent: there are none.
   */
  readonly gone?: readonly ClusterMember[];
  readonly flux?: FluxSettings;
  /** Files of patches that configurations are made of: another content is drift. Absent: none. */
  readonly patchFiles?: readonly FileDigest[];
}

/** A machine that carries our marker but is not among the members, or is one and can't be touched: said in the plan. */
export interface LeftAlone {
  readonly vmid: number;
  readonly node: string;
  readonly name: string;
  readonly because: string;
  /** A member that this change was to be about: what was asked for is not done with it. */
  readonly wasMeant?: true;
}

/** The plan of a change of a cluster. Made by a read-only activity; its result is in the history. */
export interface ClusterPlan {
  readonly operation: 'changeCluster';
  readonly action: ClusterAction;
  /** sha256 (hex) over the canonical JSON of what would be done. */
  readonly hash: string;
  /** Our name of the Proxmox cluster. */
  readonly cluster: string;
  readonly profile: string;
  readonly type: ClusterType;
  /** sha256 (hex) of the profile's file; another content is drift where machines are made. */
  readonly profileSha256?: string;
  /** Tells this cluster from former ones of the same name. */
  readonly instance: string;
  /** ISO time. */
  readonly madeAt: string;
  /** Version of proxmox-manager. */
  readonly product: string;
  /** In their order. Empty: there is nothing to do. */
  readonly phases: readonly ClusterPhase[];
  /** Members that stay as they are. */
  readonly keeps: readonly ClusterMember[];
  readonly leftAlone: readonly LeftAlone[];
  readonly readiness: MachineReadiness;
  readonly readyWithinMs: number;
  readonly dns?: DnsSettings;
  readonly cloudinit?: CloudinitSettings;
  /** Only where machines of Talos are made, or leave a cluster that stays. */
  readonly talos?: PlannedTalos;
  /**
   * VMIDs of control planes that run: before the cluster goes as a whole, what etcd holds is saved at the first of them that
   * answers. Absent: there is nothing to save, or nobody to ask.
   */
  readonly lastSnapshot?: readonly number[];
  /** Run after all phases, in this order, on the machines that are made. Absent: none. */
  readonly playbooks?: readonly PlaybookPlan[];
  readonly pool?: string;
  readonly protection: boolean;
  readonly shutdownTimeoutMs: number;
  /** After a shutdown that took too long: stop hard, or ask. */
  readonly hardStop: boolean;
  /** destroy in two stages: how long it can be undone. */
  readonly graceMs?: number;
  /** ISO time at which the cluster is set aside: it has that end already. */
  readonly endsAt?: string;
  /** It gets an end with this change, so long after that: nobody knows how long its approval takes. */
  readonly timeToLiveMs?: number;
  readonly reservations: readonly MemoryReservation[];
  readonly memoryRoomBytes: Readonly<Record<string, number>>;
  readonly storageReservations: readonly StorageReservation[];
  readonly storageRoomBytes: Readonly<Record<string, number>>;
  /** Model time of the clones, and until all is ready (docs/clusters.md). */
  readonly estimate: { readonly clonesSeconds: number; readonly readySeconds: number };
  readonly times: OperationTimes;
  readonly warnings: readonly string[];
}

/** What every step on a machine needs of the plan. */
export type ClusterFrame = Omit<
  ClusterPlan,
  'phases' | 'keeps' | 'leftAlone' | 'talos' | 'lastSnapshot' | 'playbooks' | 'warnings'
>;
