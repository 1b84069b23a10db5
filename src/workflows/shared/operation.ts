import type { WorkflowType } from '../../domain/names';
import type { LeaseHolder } from '../../domain/lease';
import type { OperatorAction } from '../../domain/messages';
import type { OperationPlan, OperationState } from './state';

/** What makes an operation this operation. */
export interface OperationDefinition<Plan extends OperationPlan> {
  readonly type: WorkflowType;
  /** The node it is about, for the search attribute; absent: none. */
  readonly node?: string;
  /** The credentials are what it is about: it never waits for them, their problems are its steps' failures. */
  readonly isAboutCredentials?: true;
  readonly dryRun: boolean;
  /** Continue as new at this many events, instead of when the server suggests it. */
  readonly historyEventLimit?: number;
  /** The plan as Markdown for the Web UI (at most 3 KB). */
  describePlan(plan: Plan): string;
  /** VMIDs of the guests in motion, for the search attribute. Absent: those whose steps are under way, save waits on tasks. */
  vmidsInMotion?(state: OperationState<Plan, unknown>): readonly number[];
}

/** One running operation: its definition, its state, and the picture that people see of it. */
export interface Operation<Plan extends OperationPlan, Result> {
  readonly definition: OperationDefinition<Plan>;
  readonly state: OperationState<Plan, Result>;
  /** Who leases for it. */
  readonly holder: LeaseHolder;
  /** How many calls of this run wait for credentials, and whether one of them tries them for all. Not carried. */
  readonly credentials: { waiting: number; probing: boolean };
  /** Redraws details and search attributes from the state; call it after each change of the state. */
  readonly changed: () => void;
}

/** ISO time of the workflow's clock. */
export function now(): string {
  return new Date().toISOString();
}

/** Keeps who did what and when, for the report. */
export function recordAction(
  operation: Operation<OperationPlan, unknown>,
  action: Omit<OperatorAction, 'at'>,
): void {
  operation.state.actions.push({ ...action, at: now() });
}
