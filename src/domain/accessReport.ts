import type { CollectedTrust } from './access';
import type { AccessItem, AccessOperation } from './accessPlan';
import type { Problem } from './errors';
import type { OperationReport } from './operationReport';

/** What became of one step. */
export interface AccessStepOutcome {
  readonly id: string;
  readonly title: string;
  /** `kept`: its goal was reached already. */
  readonly outcome: 'done' | 'kept' | 'failed' | 'notBegun';
  readonly warnings: readonly string[];
  readonly problem?: Problem;
}

/** The report of an operation on access. Holds no secret. */
export interface AccessReport extends OperationReport {
  readonly operation: AccessOperation;
  /** Where the token is kept, in words. */
  readonly store: string;
  /** What was found when the plan was made. */
  readonly items: readonly AccessItem[];
  readonly steps: readonly AccessStepOutcome[];
  /** To trust the nodes' certificates: `pxm bootstrap` offers to write it into the configuration. */
  readonly trust: CollectedTrust;
}
