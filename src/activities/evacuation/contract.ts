import type { EvacuationPlan, EvacuationRequest, PlannedMove } from '../../domain/evacuationPlan';
import type { MemoryReservation } from '../../domain/lease';
import type { MoveProof, NodeProof } from '../../domain/moveProof';
import type { TaskWatch } from '../../domain/taskWatch';
import type { LeaseHolderArgument } from '../shared/contract';

/** What planning starts from. */
export interface PlanArguments extends LeaseHolderArgument {
  readonly request: EvacuationRequest;
  /** The plan that this one replaces, for the difference in words. */
  readonly previous?: EvacuationPlan;
  /** Guests that an operator chose to leave. */
  readonly skipped: readonly number[];
}

/** A plan that was made, and what differs from the one before it (in words; empty for the first). */
export interface PlanMade {
  readonly plan: EvacuationPlan;
  readonly changes: readonly string[];
}

/** What a check starts from. */
export interface CheckArguments extends LeaseHolderArgument {
  readonly request: EvacuationRequest;
  readonly plan: EvacuationPlan;
  readonly skipped: readonly number[];
}

/** Whether an approved plan still holds against fresh facts. */
export interface PlanCheck {
  /** What changed, in words; empty: the plan holds. */
  readonly differences: readonly string[];
  /** By VMID: migration tasks from before the first step. No step adopts them. */
  readonly knownTasks: Readonly<Record<string, readonly string[]>>;
}

/** What a migration is started with. */
export interface StartArguments {
  readonly move: PlannedMove;
  /** Tasks that were judged already, or are older than the step: never adopted. */
  readonly settledTasks: readonly string[];
  /** Memory that this operation's other moves to the same target will take; Proxmox's figures may not show it yet. */
  readonly underWay: readonly MemoryReservation[];
  readonly bandwidthLimitBytesPerSecond?: number;
}

/** What `startMigration` found or did. */
export type MigrationStart =
  | { readonly kind: 'started' | 'adopted'; readonly upid: string }
  /** The guest is on the target and no task of it runs. */
  | { readonly kind: 'alreadyThere' };

/** Arguments of the waits on a migration task. */
export interface WatchArguments {
  readonly move: PlannedMove;
  readonly upid: string;
  readonly stallAfterMs: number;
  readonly setupSeconds: number;
  /** Only `copyEnding`: also return a sample of the copy's speed, measured over this time. */
  readonly sampleAfterMs?: number;
}

/** The activities of an evacuation, as its workflow sees them. */
export interface EvacuationActivities {
  /**
   * Reads the cluster, leases the node, plans, and reserves memory on the targets (a dry run leases nothing).
   * Repeating it is harmless: it changes nothing on the cluster, and the ledger replaces a holder's
   * reservations as a whole.
   */
  planEvacuation(input: PlanArguments): Promise<PlanMade>;
  /** Reads the cluster again: does the plan still hold? */
  checkEvacuationPlan(input: CheckArguments): Promise<PlanCheck>;
  /**
   * Starts one migration, or adopts what is there. A late duplicate is refused by Proxmox: while the first
   * migration runs by its lock, and once the guest has moved because its configuration is gone from the source.
   * Only if the first one failed in between would it begin anew; then it is adopted like any other task of ours.
   */
  startMigration(input: StartArguments): Promise<MigrationStart>;
  /**
   * Returns when the copy is predicted to end within one setup time, when a sample was asked for and is there, or
   * when the task ended or stalled.
   */
  copyEnding(input: WatchArguments): Promise<TaskWatch>;
  /** Returns when the task ended or stalled. */
  awaitMigration(input: WatchArguments): Promise<TaskWatch>;
  /** Asks Proxmox to stop a running migration. Repeating it is harmless: stopping an ended task changes nothing. */
  abortMigration(input: { readonly upid: string }): Promise<void>;
  /** Looks where the guest is, from the nodes that own it, and settles its reservation once it is on the target. */
  proveMove(input: LeaseHolderArgument & { readonly move: PlannedMove }): Promise<MoveProof>;
  /** Lists the evacuated node at the end. */
  listNode(input: { readonly node: string }): Promise<NodeProof>;
}
