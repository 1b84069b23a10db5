import type { Decision } from './decision';
import type { Problem } from './errors';
import type { StayCode } from './evacuationPlan';
import type { GuestRef, MigrationMode } from './guest';
import type { OperatorAction } from './messages';

/** How an operation ended. */
export type OperationOutcome =
  /** Everything the request asked for is done and proven. */
  | 'done'
  /** Something stayed or is unknown. */
  | 'incomplete'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  /** Only the plan was asked for. */
  | 'planned'
  /** It could not begin: a lease was refused, the node is unknown, the input is wrong. */
  | 'refused';

/** What became of one guest. */
export interface GuestOutcome extends GuestRef {
  readonly outcome: 'moved' | 'stayed' | 'unknown';
  readonly from: string;
  /** Where the cluster shows it now; absent if unknown. */
  readonly now?: string;
  readonly mode?: MigrationMode;
  /** ISO times of its migration. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly bytesCopied?: number;
  /** As the task's log says it. */
  readonly downtimeMs?: number;
  readonly upid?: string;
  readonly stayCode?: StayCode;
  /** Why it stayed or is unknown; of a moved guest: what is not as it was before. */
  readonly reason?: string;
  readonly remedy?: string;
  readonly warnings: readonly string[];
}

/** The report of an evacuation: the workflow's result, also written to the state folder. */
export interface EvacuationReport {
  readonly operation: 'evacuateNode';
  readonly outcome: OperationOutcome;
  /** One sentence for people. */
  readonly summary: string;
  readonly cluster: string;
  readonly node: string;
  readonly workflowId: string;
  readonly firstExecutionRunId: string;
  /** Who asked for it, as a claim; absent where nobody said. */
  readonly requestedBy?: string;
  /** ISO times. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** The plan that was approved (or the last one made). */
  readonly planHash?: string;
  readonly guests: readonly GuestOutcome[];
  /** Guests that came to the node after the plan. */
  readonly arrivals: readonly GuestRef[];
  /** True only if the node was listed at the end and holds no guest at all. */
  readonly nodeIsEmpty: boolean;
  readonly actions: readonly OperatorAction[];
  readonly decisions: readonly Decision[];
  readonly warnings: readonly string[];
  readonly problem?: Problem;
  /** The saved way back: where each moved guest came from. */
  readonly wayBack: readonly {
    readonly vmid: number;
    readonly name: string;
    readonly from: string;
    readonly to: string;
    readonly mode: MigrationMode;
  }[];
}
