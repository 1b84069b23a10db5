/** What the planner knows of one node. */
export interface NodeFacts {
  readonly name: string;
  readonly online: boolean;
  /** Physical memory. */
  readonly memoryTotalBytes: number;
  /**
   * Memory that counts as taken: the larger of what the node reports as used and the configured memory of
   * its running guests, so that neither a cold cache nor a generous configuration hides a load.
   */
  readonly memoryTakenBytes: number;
  /** Logical CPUs. */
  readonly cpus: number;
  /** Proxmox version text of the node, e.g. `8.4.1`; absent while it is offline. */
  readonly version?: string;
  readonly storages: readonly StorageFacts[];
}

/** What the planner knows of one storage on one node. */
export interface StorageFacts {
  readonly storage: string;
  readonly shared: boolean;
  /** Enabled and active on this node. */
  readonly usable: boolean;
  /** Whether it takes disk images. */
  readonly takesImages: boolean;
  readonly availableBytes: number;
  /** Type of the storage, e.g. `lvmthin`, `dir`; not every type can be moved from. */
  readonly type?: string;
}
