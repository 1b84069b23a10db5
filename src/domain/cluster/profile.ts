import type { FileDigest } from '../talos/machine';

/** What the machines of a cluster are: `plain` are clones as they are, `cloudinit` get users and addresses, `talos` make a Kubernetes cluster. */
export type ClusterType = 'talos' | 'cloudinit' | 'plain';

/**
 * A cluster profile as the rest of the project sees it: read from `clusters/<name>.yaml`, checked, units resolved, what
 * the conventions of cluster-config.yaml give filled in. The file keeps its own spelling (docs/cluster-profiles.md).
 */
export interface ClusterProfile {
  /** The file's name without `.yaml`; begins the names of all machines. */
  readonly name: string;
  /** sha256 (hex) of the file's text. */
  readonly sha256: string;
  readonly type: ClusterType;
  /** Name of the template, never a VMID: the version in force is used. */
  readonly template: string;
  /** In the file's order; at least one. */
  readonly roles: readonly ClusterRole[];
  readonly addressing: Addressing;
  readonly dns?: DnsSettings;
  readonly cloudinit?: CloudinitSettings;
  readonly talos?: TalosSettings;
  readonly flux?: FluxSettings;
  /** Talos: the files of patches that it names anywhere, as they are now; by their paths. Absent: none. */
  readonly patchFiles?: readonly FileDigest[];
  /** Names of playbooks (without folder and ending) that are run on machines once all are ready, in this order. */
  readonly playbooks: readonly string[];
  readonly pool?: string;
  /** Of every machine, beside those of its role and of the conventions. */
  readonly tags: readonly string[];
  /** Whether machines are protected against removal once they are ready. Default yes. */
  readonly protection: boolean;
  /** The cluster is to be set aside after this, unless it is extended; that needs an approval. */
  readonly timeToLiveMs?: number;
  /** Storage of the disks. Absent: that of the template. */
  readonly storage?: string;
}

/** One kind of machines of a cluster. */
export interface ClusterRole {
  readonly name: string;
  /** Of Talos: what Kubernetes knows it as. Other clusters' roles are all workers. */
  readonly kind: 'controlPlane' | 'worker';
  readonly count: number;
  readonly cores: number;
  readonly memoryBytes: number;
  /** The first disk grows to this; absent: as large as the template's. Never smaller. */
  readonly diskBytes?: number;
  /** Further disks, empty. */
  readonly moreDisks: readonly { readonly sizeBytes: number; readonly storage: string }[];
  /** The first is `net0`; at least one. */
  readonly networkCards: readonly NetworkCard[];
  readonly tags: readonly string[];
  readonly placement: RolePlacement;
  /** Of Proxmox' `startup`: a node that boots starts the machines of the role, lower ones first. */
  readonly startOrder?: number;
  /** Talos: files with patches, absolute paths. */
  readonly patches: readonly string[];
  /** By ordinal (from 1): what is special to one machine. */
  readonly machines: Readonly<Record<string, MachineSettings>>;
}

/** One network card. */
export interface NetworkCard {
  readonly bridge: string;
  readonly vlan?: number;
}

/** How the machines of a role are put on nodes. */
export interface RolePlacement {
  /** `spread`: evenly; `pack`: as few nodes as possible; `pinned`: in turn on the nodes named, on no other. */
  readonly strategy: 'spread' | 'pack' | 'pinned';
  /** Only these; absent: all nodes. */
  readonly nodes?: readonly string[];
  /** `hard`: never two machines of the role on one node; `soft`: only where there is no other way. */
  readonly antiAffinity: 'hard' | 'soft' | 'none';
}

/** What is special to one machine. */
export interface MachineSettings {
  /** IPv4 address without prefix. */
  readonly address?: string;
  readonly node?: string;
  /** Talos: files with patches, absolute paths, after those of the role. */
  readonly patches: readonly string[];
}

/** How machines get their addresses. */
export type Addressing =
  { readonly kind: 'dhcp' } | ({ readonly kind: 'static'; readonly range?: AddressRange } & Subnet);

/** Addresses to take from, lowest first; both ends belong to it. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

/** The network that static addresses are in. */
export interface Subnet {
  /** 1-32 */
  readonly prefixLength: number;
  readonly gateway?: string;
}

/** Name servers of the machines. */
export interface DnsSettings {
  readonly servers: readonly string[];
  readonly searchDomain?: string;
}

/** What cloud-init gives each machine. */
export interface CloudinitSettings {
  readonly user?: string;
  /** Public keys, one a line each; read when the profile is. */
  readonly sshKeys: readonly string[];
  /** Volume ids of snippets (`local:snippets/x.yaml`) that lie on the nodes already. */
  readonly vendorData?: string;
  readonly userData?: string;
}

/** Of a Talos cluster. */
export interface TalosSettings {
  /** e.g. `v1.13.2` */
  readonly version: string;
  /** e.g. `1.35.2`, without `v` */
  readonly kubernetesVersion: string;
  /** Host or address of the Kubernetes API, without scheme and port. */
  readonly endpoint: string;
  /** The endpoint is an address that the control planes share. */
  readonly virtualAddress: boolean;
  /** e.g. `factory.talos.dev/installer/<schematic>:v1.13.2` */
  readonly installerImage?: string;
  /** Files with patches for every machine, absolute paths. */
  readonly patches: readonly string[];
}

/** Of a cluster that Flux fills. */
export interface FluxSettings {
  /** `ssh://`: `git@host:path` is converted when the profile is read. */
  readonly url: string;
  readonly branch: string;
  readonly path: string;
  /** Name of the private key under `secrets` in cluster-config.yaml. */
  readonly keySecret: string;
}
