import type { GuestRef, LocalDisk, MigrationMode } from './guest';
import type { MemoryReservation } from './lease';

/** What an evacuation is started with: one JSON object, from the CLI, the Web UI or `temporal workflow start`. */
export interface EvacuationRequest {
  readonly node: string;
  /** Checked against the worker's cluster, if given. */
  readonly cluster?: string;
  /** Ends after the plan; nothing is leased, nothing is changed. */
  readonly dryRun?: boolean;
  /** A fixed number of copies at once, instead of the rule that looks at bandwidth. */
  readonly concurrency?: number;
  /** Only these nodes may be targets. */
  readonly targets?: readonly string[];
  /** Cap for one migration; overrides the configuration. */
  readonly bandwidthLimitBytesPerSecond?: number;
  /** Who asks, as a claim (shown in the report). */
  readonly requestedBy?: string;
  /** Continue as new after so many history events instead of when the server suggests it (tests). */
  readonly historyEventLimit?: number;
}

/** One guest that will be moved. */
export interface PlannedMove extends GuestRef {
  readonly kind: 'qemu';
  readonly source: string;
  readonly target: string;
  readonly mode: MigrationMode;
  /** Configured memory: reserved on the target while it runs there; 0 for a stopped guest. */
  readonly reservedMemoryBytes: number;
  /** RAM to copy (0 offline). */
  readonly ramBytes: number;
  /** Local volumes to copy. */
  readonly localDisks: readonly LocalDisk[];
  readonly diskBytes: number;
  /** Model time of this move alone (docs/evacuation.md). */
  readonly estimatedSeconds: number;
  /** Why this target, in words. */
  readonly because: string;
}

/** Why a guest stays: the class, for programs. */
export type StayCode =
  | 'template'
  | 'locked'
  | 'backupRunning'
  | 'localCdrom'
  | 'passthrough'
  | 'snapshotWithLocalDisks'
  | 'linkedClone'
  /** A local volume that Proxmox can't copy: of another guest, on no storage, of an unsupported storage type. */
  | 'unmovableDisk'
  | 'storageMissing'
  | 'noRoom'
  | 'container'
  | 'haManaged'
  /** An operator chose to leave it. */
  | 'skipped'
  | 'notChecked';

/** One guest that stays on the node, with the reason and the remedy. */
export interface StayingGuest extends GuestRef {
  readonly code: StayCode;
  readonly reason: string;
  readonly remedy: string;
}

/** A node's memory before and after. Shares are of the physical memory, 0..1. */
export interface NodeForecast {
  readonly node: string;
  readonly online: boolean;
  readonly memoryTotalBytes: number;
  readonly beforeBytes: number;
  readonly afterBytes: number;
  readonly guestsBefore: number;
  readonly guestsAfter: number;
}

/** How many copies may run at once. */
export type LaneRule =
  | { readonly kind: 'fixed'; readonly lanes: number }
  /** From the configured link speed: start while streams that count < ceil(link / cap), planned time of setup in seconds. */
  | { readonly kind: 'bandwidth'; readonly lanes: number; readonly setupSeconds: number }
  /** Nothing configured: step up while streams keep their rate, down when fewer would fill the link. */
  | { readonly kind: 'learning'; readonly maximumLanes: number; readonly setupSeconds: number };

/** Times of an operation, from the configuration, fixed in the plan so that a running operation keeps them. */
export interface OperationTimes {
  /** An unanswered plan expires after this. */
  readonly approvalExpiresAfterMs: number;
  /** A reminder is shown each time this has passed without an answer. */
  readonly remindEveryMs: number;
  /** A running migration without progress for this long opens a decision. */
  readonly stallAfterMs: number;
}

/** The plan of an evacuation. Made by a read-only activity; its result is in the history. */
export interface EvacuationPlan {
  readonly operation: 'evacuateNode';
  /** sha256 (hex) over the canonical JSON of what would be done. */
  readonly hash: string;
  readonly cluster: string;
  readonly node: string;
  /** ISO time. */
  readonly madeAt: string;
  /** In the order of their start: longest first. */
  readonly moves: readonly PlannedMove[];
  readonly stays: readonly StayingGuest[];
  readonly nodes: readonly NodeForecast[];
  readonly totals: {
    readonly guests: number;
    readonly ramBytes: number;
    readonly diskBytes: number;
    readonly estimatedSeconds: number;
  };
  readonly lanes: LaneRule;
  readonly bandwidthLimitBytesPerSecond?: number;
  readonly reservations: readonly MemoryReservation[];
  /** How much all reservations together may take per target, at the time of planning. */
  readonly roomBytes: Readonly<Record<string, number>>;
  readonly times: OperationTimes;
  /** Said in every plan and report: TLS not verified, a node that can't be lost without losing quorum, ... */
  readonly warnings: readonly string[];
}
