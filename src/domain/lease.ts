/**
 * Who holds a lease: the workflow ID and the first run of its chain, so that continue-as-new keeps it and a
 * later operation of the same ID does not inherit it.
 */
export interface LeaseHolder {
  readonly workflowId: string;
  readonly firstExecutionRunId: string;
}

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

/** Everything that is leased in one Proxmox cluster. */
export interface LedgerView {
  readonly nodes: readonly NodeLease[];
  readonly memory: readonly MemoryLease[];
}

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

/** Gives back one guest's reservation: its memory now shows in the node's own figures. */
export interface SettleRequest {
  readonly holder: LeaseHolder;
  readonly vmid: number;
}

/** Gives back everything the holder has. */
export interface ReleaseRequest {
  readonly holder: LeaseHolder;
}

/** Why a lease was not granted. */
export interface LeaseConflict {
  /** In words, e.g. `pve02 is being emptied by evacuate-node/lab/pve02`. */
  readonly text: string;
  readonly heldBy: LeaseHolder;
}

/** The ledger's answer; the whole ledger is not in it, or a thousand guests would fill its history. */
export type LeaseAnswer =
  { readonly granted: true } | { readonly granted: false; readonly conflicts: readonly LeaseConflict[] };
