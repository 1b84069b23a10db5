import type { StayCode } from './evacuationPlan';
import type { GuestRef, MigrationMode } from './guest';
import type { OperationReport } from './operationReport';

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

/** The report of an evacuation. */
export interface EvacuationReport extends OperationReport {
  readonly operation: 'evacuateNode';
  readonly node: string;
  readonly guests: readonly GuestOutcome[];
  /** Guests that came to the node after the plan. */
  readonly arrivals: readonly GuestRef[];
  /** True only if the node was listed at the end and holds no guest at all. */
  readonly nodeIsEmpty: boolean;
  /** The saved way back: where each moved guest came from. */
  readonly wayBack: readonly {
    readonly vmid: number;
    readonly name: string;
    readonly from: string;
    readonly to: string;
    readonly mode: MigrationMode;
  }[];
}
