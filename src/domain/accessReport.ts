import type { CollectedTrust } from './access';
import type { AccessItem, AccessOperation } from './accessPlan';
import type { Decision } from './decision';
import type { Problem } from './errors';
import type { OperatorAction } from './messages';
import type { OperationOutcome } from './report';

/** What became of one step. */
export interface AccessStepOutcome {
  readonly id: string;
  readonly title: string;
  /** `kept`: its goal was reached already. */
  readonly outcome: 'done' | 'kept' | 'failed' | 'notBegun';
  readonly warnings: readonly string[];
  readonly problem?: Problem;
}

/** The report of an operation on access: the workflow's result, also written to the state folder. Holds no secret. */
export interface AccessReport {
  readonly operation: AccessOperation;
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
  readonly planHash?: string;
  /** Where the token is kept, in words. */
  readonly store: string;
  /** What was found when the plan was made. */
  readonly items: readonly AccessItem[];
  readonly steps: readonly AccessStepOutcome[];
  /** To trust the nodes' certificates: `pxm bootstrap` offers to write it into the configuration. */
  readonly trust: CollectedTrust;
  readonly actions: readonly OperatorAction[];
  readonly decisions: readonly Decision[];
  readonly warnings: readonly string[];
  readonly problem?: Problem;
}
