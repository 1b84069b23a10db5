import { condition } from '@temporalio/workflow';
import { shownPlanHashLength } from '../../domain/names';
import { samePlan } from './accept';
import { attempt } from './credentials';
import { Carried, carryWanted } from './carry';
import { stopAndAsk } from './decisions';
import { now, recordAction, type Operation } from './operation';
import { stepsUnderWay, type OperationPlan } from './state';
import type { ErrorCode, Problem } from '../../domain/errors';

/** How an operation makes its plan and finds out whether it still holds. */
export interface PlanMaker<Plan> {
  /** Makes a plan; `previous` is the one it replaces. */
  readonly make: (
    previous: Plan | undefined,
  ) => Promise<{ readonly plan: Plan; readonly changes: readonly string[] }>;
  /** What changed since the plan was made, in words; empty: it holds. */
  readonly holds: (plan: Plan) => Promise<readonly string[]>;
  /** Whether the plan would change anything at all: if not, nobody has to approve it. */
  readonly changesAnything: (plan: Plan) => boolean;
}

/** How the way to an approved plan ended. */
export type PlanVerdict<Plan> =
  | { readonly outcome: 'approved'; readonly plan: Plan }
  | { readonly outcome: 'planned' | 'rejected' | 'expired' | 'cancelled'; readonly plan?: Plan }
  | { readonly outcome: 'refused'; readonly problem: Problem };

/**
 * plan -> show -> approval -> does it still hold? -> approved. A plan that does not hold is made again and asked again.
 * A new plan that was asked for waits until the steps that a former run had under way are over.
 */
export async function approvedPlan<Plan extends OperationPlan>(
  operation: Operation<Plan, unknown>,
  maker: PlanMaker<Plan>,
): Promise<PlanVerdict<Plan>> {
  const { state, definition } = operation;
  for (;;) {
    if (state.plan === undefined || (state.replanWanted && !stepsUnderWay(state))) {
      const problem = await makePlan(operation, maker);
      if (problem !== undefined)
        return state.cancel === undefined ? { outcome: 'refused', problem } : { outcome: 'cancelled' };
    }
    const plan = state.plan;
    if (plan === undefined) return { outcome: 'cancelled' };
    if (state.checked) return { outcome: 'approved', plan };
    if (definition.dryRun) return { outcome: 'planned', plan };
    if (maker.changesAnything(plan)) {
      const answer = await awaitApproval(operation, plan);
      if (answer !== 'approved') return { outcome: answer, plan };
    }
    await checkPlan(operation, plan, maker);
  }
}

/** Problems that no waiting cures: the operation ends before it began. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'InputInvalid',
  'NotFound',
  'LeaseRefused',
  'ConfigInvalid',
]);

/** Makes the plan and shows it. Returns the problem if there will be none. */
async function makePlan<Plan extends OperationPlan>(
  operation: Operation<Plan, unknown>,
  maker: PlanMaker<Plan>,
): Promise<Problem | undefined> {
  const { state } = operation;
  state.phase = 'planning';
  operation.changed();
  for (;;) {
    const made = await attempt(operation, 'make the plan', () => maker.make(state.plan));
    if (made.ok) {
      showPlan(operation, made.value.plan, made.value.changes);
      return undefined;
    }
    if (state.cancel !== undefined || refusals.has(made.problem.code)) return made.problem;
    const choice = await stopAndAsk(operation, {
      kind: 'inspectionFailed',
      title: 'The cluster could not be inspected',
      problem: made.problem,
      seen: 'Nothing was changed.',
      choices: ['retry', 'abort'],
    });
    if (choice !== 'retry') return made.problem;
  }
}

function showPlan<Plan extends OperationPlan>(
  operation: Operation<Plan, unknown>,
  plan: Plan,
  changes: readonly string[],
): void {
  const { state } = operation;
  const sameAsBefore = state.plan?.hash === plan.hash;
  if (state.plan !== undefined && !sameAsBefore) state.replacedPlans.push({ hash: state.plan.hash, changes });
  if (state.plan !== undefined) {
    const because = state.replanBecause ?? 'it was asked for';
    state.planBefore = {
      planHash: state.plan.hash.slice(0, shownPlanHashLength),
      ...(state.replanFound ?? { because, reasons: [] }),
    };
  }
  state.plan = plan;
  state.planChanges = changes;
  state.planShownAt = now();
  state.replanWanted = false;
  delete state.replanBecause;
  delete state.replanFound;
  state.checked = false;
  delete state.approval;
  const early = state.earlyApprovals.find((approval) => samePlan(plan.hash, approval.planHash));
  state.earlyApprovals = [];
  if (early !== undefined) {
    state.approval = { ...early, planHash: plan.hash };
    recordAction(operation, {
      message: 'approve',
      by: early.by,
      about: plan.hash.slice(0, shownPlanHashLength),
    });
  }
}

async function awaitApproval<Plan extends OperationPlan>(
  operation: Operation<Plan, unknown>,
  plan: Plan,
): Promise<'approved' | 'rejected' | 'expired' | 'cancelled'> {
  const { state, definition } = operation;
  const shown = plan.hash.slice(0, shownPlanHashLength);
  const carry = () => carryWanted(definition.historyEventLimit);
  const { approvalExpiresAfterMs, remindEveryMs } = plan.times;
  state.phase = 'waitingForApproval';
  operation.changed();
  for (;;) {
    if (state.cancel !== undefined) return 'cancelled';
    if (state.rejected) return 'rejected';
    if (state.approval !== undefined) return 'approved';
    if (carry()) throw new Carried();
    // Counted from when the plan was shown, so that a run that takes over goes on counting.
    const waitedMs = Date.now() - Date.parse(state.planShownAt ?? now());
    const expiresInMs = approvalExpiresAfterMs - waitedMs;
    if (expiresInMs <= 0) return 'expired';
    const reminders = Math.floor(waitedMs / remindEveryMs);
    if (reminders > 0) {
      state.notice = `Reminder ${reminders}: plan ${shown} still waits for approval.`;
      operation.changed();
    }
    await condition(
      () => state.cancel !== undefined || state.rejected || state.approval !== undefined || carry(),
      Math.min(expiresInMs, (reminders + 1) * remindEveryMs - waitedMs),
      { summary: `waits for a person: approve plan ${shown}` },
    );
  }
}

/** Marks the plan as checked, or asks for a new one. */
async function checkPlan<Plan extends OperationPlan>(
  operation: Operation<Plan, unknown>,
  plan: Plan,
  maker: PlanMaker<Plan>,
): Promise<void> {
  const { state } = operation;
  state.phase = 'checking';
  delete state.notice;
  operation.changed();
  const check = await attempt(operation, 'check that the plan still holds', () => maker.holds(plan));
  if (check.ok && check.value.length === 0) {
    state.checked = true;
    state.planIsNew = true;
    return;
  }
  if (state.cancel !== undefined) return;
  state.replanWanted = true;
  const what = check.ok ? 'does not hold any more' : 'could not be checked';
  const reasons = check.ok ? check.value : [check.problem.failed];
  const why = `${what}: ${reasons.join('; ')}`;
  state.replanBecause = `the approved plan ${why}`;
  state.replanFound = { because: `the approved plan ${what}`, reasons };
  state.notice = `The approved plan ${why}`;
}
