import type { LeaseConflict, LeaseHolder } from './leaseHolder';

/** A VMID that nobody else of this project may use while its holder lives. */
export interface VmidLease {
  readonly holder: LeaseHolder;
  readonly vmid: number;
  /** What the holder wants it for, e.g. `build`: asking again with the same purpose gives the same VMID. */
  readonly purpose: string;
  /** ISO time. */
  readonly since: string;
}

/**
 * A VMID whose guest was deleted: not leased to anybody for some hours, because a late duplicate of the DELETE
 * carries no digest and would hit whatever has the VMID then.
 */
export interface QuarantinedVmid {
  readonly vmid: number;
  /** Workflow ID of the operation that deleted its guest. */
  readonly by: string;
  /** ISO time. */
  readonly until: string;
}

/** Room kept free on a storage for something that will be written there. */
export interface StorageReservation {
  /** What it is for, e.g. `image` or `disk/pve02`: unique for the holder. */
  readonly purpose: string;
  /** The node that writes. Nobody may empty it meanwhile. */
  readonly node: string;
  readonly storage: string;
  /** A shared storage has one room for all nodes, any other one on each node. */
  readonly shared: boolean;
  readonly bytes: number;
}

/** A storage reservation with its holder. */
export interface StorageLease extends StorageReservation {
  readonly holder: LeaseHolder;
  /** ISO time. */
  readonly since: string;
}

/** Full clones copy everything; linked ones only take the storage's lock for a moment. */
export type CloneKind = 'full' | 'linked';

/** A right to run one clone on a storage of a node: bursts time out on the storage's lock. */
export interface CloneSlot {
  readonly holder: LeaseHolder;
  /** Unique for the holder. */
  readonly purpose: string;
  readonly node: string;
  readonly storage: string;
  readonly kind: CloneKind;
  /** All nodes share the storage, and its lock. Absent: not, or an older version did not say. */
  readonly shared?: boolean;
  /** How many the clone makes. Absent: it is not known. */
  readonly volumes?: number;
  /** ISO time. */
  readonly since: string;
  /** ISO time: not before then is the clone asked for. Absent: at once. */
  readonly sendAt?: string;
}

/** Asks for a VMID. */
export interface LeaseVmidRequest {
  readonly holder: LeaseHolder;
  readonly purpose: string;
  /** VMIDs that the cluster does not have, in the order in which they are wanted. */
  readonly candidates: readonly number[];
  /** VMIDs that somebody outside took after they were leased to this holder: given up, never given again to it. */
  readonly taken?: readonly number[];
}

/** The ledger's answer: the VMID, or who has all of the candidates. */
export type VmidAnswer =
  | { readonly granted: true; readonly vmid: number }
  | { readonly granted: false; readonly conflicts: readonly LeaseConflict[] };

/** Says that the guest of a VMID is about to be deleted; the lease of the VMID, if the holder has it, ends. */
export interface QuarantineRequest {
  readonly holder: LeaseHolder;
  readonly vmid: number;
}

/** Replaces all storage reservations of the holder at once. */
export interface ReserveStorageRequest {
  readonly holder: LeaseHolder;
  readonly reservations: readonly StorageReservation[];
  /** For each place how much all reservations together may take, from fresh facts; key: `storagePlace`. */
  readonly roomBytes: Readonly<Record<string, number>>;
}

/** Asks for a clone slot. Asking again with the same purpose changes nothing. */
export interface CloneSlotRequest {
  readonly holder: LeaseHolder;
  readonly purpose: string;
  readonly node: string;
  readonly storage: string;
  readonly kind: CloneKind;
  /** All nodes share the storage. */
  readonly shared?: boolean;
  /** How many the clone makes. Absent: it is not known. */
  readonly volumes?: number;
}

/** Gives back what the holder has under a purpose: a storage reservation, or a clone slot. */
export interface PurposeRequest {
  readonly holder: LeaseHolder;
  readonly purpose: string;
}

/** The place whose room a reservation takes: `nfs`, or `local-lvm@pve01`. */
export function storagePlace(it: Pick<StorageReservation, 'node' | 'storage' | 'shared'>): string {
  return it.shared ? it.storage : `${it.storage}@${it.node}`;
}
