import type { CloneSlot, QuarantinedVmid, StorageLease, VmidLease } from './buildLease';
import type { LeaseConflict, LeaseHolder } from './leaseHolder';

export type { LeaseConflict, LeaseHolder } from './leaseHolder';

/** A node that is being emptied: nobody else may empty it or move guests to it. */
export interface NodeLease {
  readonly holder: LeaseHolder;
  readonly node: string;
  /** ISO time. */
  readonly since: string;
}

/** Memory kept free on a target for one guest that will move there. */
export interface MemoryReservation {
  readonly vmid: number;
  readonly target: string;
  readonly memoryBytes: number;
}

/** A reservation with its holder. */
export interface MemoryLease extends MemoryReservation {
  readonly holder: LeaseHolder;
  /** ISO time. */
  readonly since: string;
}

/** An IPv4 address, static or shared by control planes, or a MAC address that a machine is to have: no configuration shows it yet. */
export interface AddressLease {
  readonly holder: LeaseHolder;
  /** e.g. `192.0.2.10` or `BC:24:11:0A:1B:2C` */
  readonly address: string;
  /** The machine that gets it. */
  readonly vmid: number;
  /** ISO time. */
  readonly since: string;
}

/** Everything that is leased in one Proxmox cluster. */
export interface LedgerView {
  readonly nodes: readonly NodeLease[];
  readonly memory: readonly MemoryLease[];
  readonly vmids: readonly VmidLease[];
  readonly quarantine: readonly QuarantinedVmid[];
  readonly storage: readonly StorageLease[];
  readonly cloneSlots: readonly CloneSlot[];
  readonly addresses: readonly AddressLease[];
}

/** A ledger as an older version carried or told it: it knew nodes and memory only. */
export type ToldLedger = Pick<LedgerView, 'nodes' | 'memory'> & Partial<LedgerView>;

/** Asks for the exclusive lease of a node. Asking again as the same holder changes nothing. */
export interface LeaseNodeRequest {
  readonly holder: LeaseHolder;
  readonly node: string;
}

/**
 * Replaces all memory reservations of the holder at once (so asking again is harmless).
 * `roomBytes` says for each target how much all reservations together may take, from fresh facts.
 */
export interface ReserveRequest {
  readonly holder: LeaseHolder;
  readonly reservations: readonly MemoryReservation[];
  readonly roomBytes: Readonly<Record<string, number>>;
}

/** Replaces all addresses of the holder at once (so asking again is harmless). */
export interface LeaseAddressesRequest {
  readonly holder: LeaseHolder;
  readonly addresses: readonly Pick<AddressLease, 'address' | 'vmid'>[];
}

/** Gives back one guest's reservation: its memory now shows in the node's own figures. */
export interface SettleRequest {
  readonly holder: LeaseHolder;
  readonly vmid: number;
}

/** Gives back everything the holder has. */
export interface ReleaseRequest {
  readonly holder: LeaseHolder;
}

/** A moment by the ledger's clock (ISO time), and how far away it was when the answer was given. */
export interface Turn {
  readonly at: string;
  readonly inMs: number;
}

/** The ledger's answer; the whole ledger is not in it, or a thousand guests would fill its history. */
export type LeaseAnswer =
  | {
      readonly granted: true;
      /** When what was granted may be used; absent: at once. */
      readonly turn?: Turn;
    }
  | { readonly granted: false; readonly conflicts: readonly LeaseConflict[] };
