import type { RenderedStep } from '../../domain/runbook/plan';
import type { RunValues } from '../../domain/runbook/values';
import type { RunbookPlan } from '../../domain/runbookPlan';
import type { RunbookStepResult } from '../../domain/runbookReport';
import type { Operation } from '../shared/operation';
import type { OpenStep, OperationPlan } from '../shared/state';
import type { StepRun } from '../shared/stepRun';

/** An operation under way that runs the steps of a runbook. */
export type RunbookOperation = Operation<OperationPlan, RunbookStepResult>;

/** What is to be known of a plan to run its steps: of a runbook as a whole, or of those that make one template. */
export interface RunnableRunbook extends Pick<RunbookPlan, 'nodes' | 'captures' | 'asksBefore' | 'fromStep'> {
  readonly runbook: { readonly steps: readonly RenderedStep[] };
  /** The tasks from before of certain guests, where they were looked for at once. */
  readonly known?: { readonly vmids: readonly number[]; readonly tasks: readonly string[] };
}

/** One time that a step is done: the step itself, or its round for one item or node. */
export interface Round {
  readonly id: string;
  readonly title: string;
  readonly planned: RenderedStep;
  /** Where it runs, if a node is not given by the step's own text. */
  readonly node?: string;
  /** The item of its loop, by the loop's name for it. */
  readonly item: RunValues;
}

/** A round as it runs. */
export interface RoundRun {
  readonly round: Round;
  readonly plan: RunnableRunbook;
  readonly step: StepRun<RunbookStepResult>;
  readonly record: OpenStep;
  /** Everything that is known: captures so far and the item. */
  readonly values: RunValues;
  /** Whether there are clean-up steps to offer. */
  readonly hasCleanup: boolean;
}
