import type { Decision } from './decision';
import type { Problem } from './errors';
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

/** What the report of every operation has: the workflow's result, also written to the state folder. */
export interface OperationReport {
  readonly outcome: OperationOutcome;
  /** One sentence for people. */
  readonly summary: string;
  readonly cluster: string;
  readonly workflowId: string;
  readonly firstExecutionRunId: string;
  /** Who asked for it, as a claim; absent where nobody said. */
  readonly requestedBy?: string;
  /** ISO times. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** The plan that was approved (or the last one made). */
  readonly planHash?: string;
  readonly actions: readonly OperatorAction[];
  readonly decisions: readonly Decision[];
  readonly warnings: readonly string[];
  readonly problem?: Problem;
}
