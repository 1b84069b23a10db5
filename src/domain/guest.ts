/** What kind of guest: a virtual machine or a container. */
export type GuestKind = 'qemu' | 'lxc';

/** Names one guest; VMIDs are unique in a Proxmox cluster, names are not. */
export interface GuestRef {
  readonly vmid: number;
  /** `VM <vmid>` where the guest has no name. */
  readonly name: string;
  readonly kind: GuestKind;
}

/** A volume of a guest on a storage that other nodes don't share: it has to be copied. */
export interface LocalDisk {
  /** Volume id, e.g. `local-lvm:vm-101-disk-0`. */
  readonly volume: string;
  readonly storage: string;
  /** 0 where Proxmox does not say (a cloud-init drive's row has no size). */
  readonly sizeBytes: number;
}

/** How a guest is moved: running (live) or stopped (offline). */
export type MigrationMode = 'live' | 'offline';
