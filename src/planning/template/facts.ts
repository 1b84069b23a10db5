import type { TemplateMarker } from '../../domain/template/marker';

/** A guest that is a template, or has our marker. */
export interface MarkedGuest {
  readonly vmid: number;
  readonly node: string;
  readonly name: string;
  /** Whether Proxmox counts it as a template. */
  readonly template: boolean;
  /** Only one that names this VMID: clones copy the description. */
  readonly marker?: TemplateMarker;
  /** Volume ids of its disks. */
  readonly volumes: readonly string[];
}

/** A storage as one node sees it. */
export interface StorageView {
  readonly storage: string;
  /** e.g. `lvmthin`. */
  readonly type: string;
  readonly content: readonly string[];
  readonly shared: boolean;
  /** Enabled, and active on this node. */
  readonly usable: boolean;
  readonly availableBytes: number;
}

/** A node that a template could be built on. */
export interface BuildNode {
  readonly name: string;
  readonly online: boolean;
  /** e.g. `9.2.1`; absent where it does not answer, or can get no copy. */
  readonly version?: string;
  readonly storages: readonly StorageView[];
}
