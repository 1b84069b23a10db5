import type { PlaybookResult } from './ansible/run';
import type { Problem } from './errors';
import type { OperationReport } from './operationReport';
import type { PlannedParameter } from './runbook/plan';
import type { RunValues } from './runbook/values';
import type { StepKind } from './step';

/** What is kept of a step that was done. Never holds a secret: outputs are redacted and cut where they are made. */
export interface RunbookStepResult {
  /** `skipped`: its condition did not hold. `stopped`: it ended the runbook, as the runbook says. */
  readonly outcome: 'done' | 'skipped' | 'stopped';
  /** Why it was skipped or stopped. */
  readonly reason?: string;
  /** The end of what it printed or answered. */
  readonly output?: string;
  /** More was printed than is kept. */
  readonly isCut?: true;
  /** Of a command. */
  readonly exitCode?: number;
  /** HTTP status of a request. */
  readonly status?: number;
  readonly captures: RunValues;
  /** Of a playbook that runs as a step. */
  readonly playbook?: PlaybookResult;
}

/** What became of one step, or of one round of a step that is done for several items or nodes. */
export interface RunbookStepOutcome extends Partial<RunbookStepResultFacts> {
  readonly id: string;
  readonly title: string;
  readonly kind: StepKind;
  readonly outcome: 'done' | 'skipped' | 'stopped' | 'failed' | 'notBegun';
  readonly captures: RunValues;
  /** A step of the clean-up. */
  readonly isCleanup?: true;
  /** ISO times. */
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly warnings: readonly string[];
  readonly problem?: Problem;
}

type RunbookStepResultFacts = Pick<RunbookStepResult, 'reason' | 'output' | 'isCut' | 'exitCode' | 'status'>;

/** The report of a run. */
export interface RunbookReport extends OperationReport {
  readonly operation: 'runRunbook';
  readonly runbook: string;
  readonly title: string;
  readonly parameters: readonly PlannedParameter[];
  readonly steps: readonly RunbookStepOutcome[];
  /** Everything that was captured, for a run that begins at a later step. */
  readonly captures: RunValues;
}
