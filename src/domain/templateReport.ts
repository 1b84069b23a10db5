import type { OperationReport } from './operationReport';
import type { RunbookStepOutcome } from './runbookReport';
import type { BootReport } from './template/step';
import type { TemplateCopy, TemplatePlan } from './templatePlan';

/** What became of a copy that was planned. */
export interface TemplateCopyOutcome {
  readonly node: string;
  readonly vmid: number;
  /** `made`: there, but not in force. `removed`: made, and taken away again. `unknown`: look at it. */
  readonly outcome: 'inForce' | 'made' | 'removed' | 'notMade' | 'unknown';
}

/** What became of an older copy. */
export interface RetiredCopyOutcome extends Omit<TemplateCopy, 'generation'> {
  /** Absent for what an operation that broke off had left. */
  readonly generation?: number;
  readonly outcome: 'deleted' | 'kept' | 'unknown';
}

/** The report of making a template. */
export interface TemplateReport extends OperationReport {
  readonly operation: 'createTemplate';
  readonly name: string;
  /** Absent where there was no plan. */
  readonly todo?: TemplatePlan['todo'];
  readonly generation?: number;
  /** Source and digest as the marker has them. */
  readonly source?: { readonly name: string; readonly digest: string };
  readonly copies: readonly TemplateCopyOutcome[];
  readonly retired: readonly RetiredCopyOutcome[];
  readonly bootTest?: BootReport;
  /** Every step with what became of it, those of the runbook included. */
  readonly steps: readonly RunbookStepOutcome[];
}
