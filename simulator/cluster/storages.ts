/** Space of a storage as one node sees it, in bytes. */
export interface StorageSpace {
  totalBytes: number;
  /** Used by anything but the volumes that the simulator knows. */
  otherUsedBytes: number;
}

/** One storage of storage.cfg. */
export interface StorageState {
  readonly id: string;
  /** Proxmox's type: dir, lvmthin, zfspool, nfs, ... */
  readonly type: string;
  shared: boolean;
  disabled: boolean;
  /** Nodes it is restricted to; undefined = all. */
  nodes: readonly string[] | undefined;
  content: readonly string[];
  path: string | undefined;
  /** Further keys of storage.cfg, verbatim. */
  readonly options: Map<string, string>;
  /** By node; a shared storage has the one entry `*`. */
  readonly spaces: Map<string, StorageSpace>;
  /** Nodes on which it can't be activated (unmounted, broken). */
  readonly inactiveOn: Set<string>;
}

/** True if the storage is configured for the node. */
export function storageOnNode(storage: StorageState, node: string): boolean {
  return storage.nodes === undefined || storage.nodes.includes(node);
}

/** True if the storage can be used on the node now. */
export function storageActive(storage: StorageState, node: string): boolean {
  return !storage.disabled && storageOnNode(storage, node) && !storage.inactiveOn.has(node);
}

/** The space the node sees. */
export function storageSpace(storage: StorageState, node: string): StorageSpace {
  const key = storage.shared ? '*' : node;
  const space = storage.spaces.get(key);
  if (space !== undefined) return space;
  const none: StorageSpace = { totalBytes: 0, otherUsedBytes: 0 };
  storage.spaces.set(key, none);
  return none;
}
