import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { DecisionChoice } from '../../domain/decision';
import { isAboutCredentials, type Problem } from '../../domain/errors';
import type { StepPhase } from '../../domain/step';
import { Carried, carryWanted } from './carry';
import { attempt, type Attempt } from './credentials';
import { awaitAnswer, openDecision, type Question } from './decisions';
import { now, type Operation } from './operation';
import type { OpenStep, OperationPlan } from './state';

/** Why an attempt of a step did not reach its goal, as a question to a person. */
export type StepFailure = Pick<Question, 'kind' | 'title' | 'problem' | 'seen' | 'choices'>;

/** One step as it runs: its record, and what it may do. */
export interface StepRun<Result> {
  readonly record: OpenStep;
  readonly operation: Operation<OperationPlan, Result>;
  /**
   * Calls an activity; waits for credentials where they are missing. A step whose task was begun does so also when the
   * operation is cancelled, unless with `abort`.
   */
  readonly attempt: <T>(attempted: string, call: () => Promise<T>) => Promise<Attempt<T>>;
  /**
   * Waits in an activity that only reads, however long: given up when the operation's history is carried over
   * (the next run waits again), or when `interrupt` says so.
   */
  readonly wait: <T>(
    attempted: string,
    call: () => Promise<T>,
    interrupt: () => boolean,
  ) => Promise<Attempt<T> | 'interrupted'>;
  readonly phase: (phase: StepPhase) => void;
  /** What the report says of this step beside its result. */
  readonly warn: (warning: string) => void;
  keep(result: Result): void;
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** Makes the running form of a step. */
export function stepRun<Result>(
  operation: Operation<OperationPlan, Result>,
  record: OpenStep,
): StepRun<Result> {
  const carry = () => carryWanted(operation.definition.historyEventLimit);
  const isBegun = () => record.upid !== undefined;
  return {
    record,
    operation,
    attempt: (attempted, call) => attempt(operation, attempted, call, isBegun),
    async wait<T>(attempted: string, call: () => Promise<T>, interrupt: () => boolean) {
      for (;;) {
        const scope = new CancellationScope({ cancellable: true });
        const waiting: { outcome?: Outcome<Attempt<T>> } = {};
        void scope
          .run(() => attempt(operation, attempted, call, isBegun))
          .then(
            (value) => (waiting.outcome = { value }),
            (error: unknown) => (waiting.outcome = { error }),
          );
        const ended = () => waiting.outcome !== undefined;
        await condition(() => ended() || interrupt() || carry());
        if (!ended()) {
          scope.cancel();
          await condition(ended);
        }
        const { outcome } = waiting;
        if (outcome !== undefined && 'value' in outcome) return outcome.value;
        if (!isCancellation(outcome?.error)) throw outcome?.error;
        if (interrupt()) return 'interrupted';
        if (carry()) throw new Carried();
        // Cancelled by neither of us, e.g. by a worker that was stopped: wait again.
      }
    },
    phase(phase) {
      record.phase = phase;
      if (record.openedAt === undefined) record.openedAt = now();
      operation.changed();
    },
    warn(warning) {
      record.warnings = [...record.warnings, warning];
      operation.state.notice = warning;
      operation.changed();
    },
    keep(result) {
      operation.state.results[record.id] = result;
    },
  };
}

/**
 * Runs a step until it is done or a person ends it. `tryOnce` returns why the goal was not reached; then nothing
 * new starts and a decision is opened, unless the failure `isLeft` as it is. A retry never adopts the task that was
 * judged.
 */
export async function untilDone<Result>(
  step: StepRun<Result>,
  tryOnce: () => Promise<StepFailure | undefined>,
  abortMigration: () => Promise<void>,
  isLeft: (failure: StepFailure) => boolean = () => false,
): Promise<void> {
  const { record, operation } = step;
  let decisionId = askedByFormerRun(step);
  for (;;) {
    if (decisionId === undefined) {
      const failure = await tryOnce();
      if (failure === undefined) {
        finish(step, 'done');
        return;
      }
      record.problem = failure.problem;
      if (isOverWhenCancelled(step, failure) || isLeft(failure)) {
        warnOfUnfollowed(step, failure.problem);
        finish(step, 'failed');
        return;
      }
      record.phase = 'deciding';
      decisionId = openDecision(operation, { ...failure, ...subjectOf(record) });
    }
    const choice = await awaitAnswer(operation, decisionId);
    const over = await applyChoice(step, choice, abortMigration);
    if (over) return;
    decisionId = undefined;
  }
}

function subjectOf({ id, vmid }: OpenStep) {
  return { stepId: id, ...(vmid === undefined ? {} : { vmid }) };
}

/**
 * A cancelled operation asks no more about steps that have ended. A migration that hangs still runs, so its question
 * stays, until Proxmox was asked in vain to abort it.
 */
function isOverWhenCancelled({ record, operation }: StepRun<unknown>, failure: StepFailure): boolean {
  return operation.state.cancel !== undefined && (failure.kind !== 'stalled' || record.abortAsked === true);
}

/** What runs on in Proxmox without us is named. */
function warnOfUnfollowed(step: StepRun<unknown>, it: Problem): void {
  const { upid, taskEnded, abortAsked } = step.record;
  if (upid === undefined || taskEnded === true || !isAboutCredentials(it)) return;
  const aborted = abortAsked === true ? '' : 'it was not aborted and ';
  step.warn(
    `Its task was not followed to its end for want of credentials: ${aborted}may still run (${upid}).`,
  );
}

/** The question at which a former run of the workflow left this step: its answer may have come since. */
function askedByFormerRun({ record, operation }: StepRun<unknown>): string | undefined {
  if (record.phase !== 'deciding') return undefined;
  return operation.state.decisions.findLast((decision) => decision.stepId === record.id)?.id;
}

/** True if the step is over. */
async function applyChoice<Result>(
  step: StepRun<Result>,
  choice: DecisionChoice,
  abortMigration: () => Promise<void>,
): Promise<boolean> {
  const { record, operation } = step;
  switch (choice) {
    case 'retry':
      settle(record);
      return false;
    case 'wait':
      return false;
    case 'abortMigration':
      await abortMigration();
      return false;
    case 'replace':
    case 'skip':
      finish(step, 'skipped');
      return true;
    case 'done':
      finish(step, 'done');
      return true;
    case 'run':
      delete record.problem;
      return false;
    case 'replan':
      operation.state.replanWanted = true;
      operation.state.replanBecause ??= `${lastDecider(operation, record.id)} asked for it when this step failed: ${record.title}`;
      finish(step, 'failed');
      return true;
    case 'cleanup':
    case 'abort':
      finish(step, 'failed');
      return true;
  }
}

/** A task that has ended is judged and never adopted again; one that may still run is followed on. */
export function settle(record: OpenStep): void {
  delete record.problem;
  if (record.upid !== undefined && record.taskEnded !== true) return;
  if (record.upid !== undefined) record.settledTasks = [...record.settledTasks, record.upid];
  delete record.upid;
  delete record.taskEnded;
  delete record.abortAsked;
  delete record.abortRefused;
}

/** Ends a step. */
export function finish(step: StepRun<unknown>, phase: 'done' | 'skipped' | 'failed'): void {
  step.record.phase = phase;
  step.record.endedAt = now();
  if (phase === 'done') delete step.record.problem;
  step.operation.changed();
}

function lastDecider(operation: Operation<OperationPlan, unknown>, stepId: string): string {
  return (
    operation.state.decisions.findLast((decision) => decision.stepId === stepId)?.answer?.by ?? 'unknown'
  );
}

/** A problem of a step, as a question with the usual choices. */
export function failedStep(title: string, it: Problem, seen: string): StepFailure {
  return { kind: 'stepFailed', title, problem: it, seen, choices: ['retry', 'replan', 'skip', 'abort'] };
}
