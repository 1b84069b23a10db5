import { workflowInfo } from '@temporalio/workflow';
import type { AccessRequest } from '../domain/access';
import type { AccessOperation, AccessPlan } from '../domain/accessPlan';
import type { AccessReport } from '../domain/accessReport';
import type { AccessStepResult } from '../activities/access/contract';
import { accessPlanMarkdown } from '../domain/rendering/accessPlanMarkdown';
import { closeAccess } from './accessReport';
import { checkAccessRequest } from './accessRequest';
import { accessStep, runAccessStep } from './accessStep';
import { approvedPlan, type PlanVerdict } from './shared/approval';
import { activities } from './shared/calls';
import { inOrder } from './shared/inOrder';
import type { Operation } from './shared/operation';
import { runOperation } from './shared/run';
import type { OperationState } from './shared/state';

/** What continue-as-new carries; nobody else passes it. */
export type CarriedAccess = OperationState<AccessPlan, AccessStepResult>;

/** An operation on access under way. */
export type AccessRun = Operation<AccessPlan, AccessStepResult>;

/**
 * The story of every operation on access: plan -> approval of exactly that plan -> steps, each building on those before
 * it -> report. Fails at once (InputInvalid) if the request can't be understood.
 */
export function runAccess(
  type: AccessOperation,
  request: AccessRequest,
  carried: CarriedAccess | undefined,
  goOn: (state: CarriedAccess) => Promise<never>,
): Promise<AccessReport> {
  checkAccessRequest(request);
  const definition = {
    type,
    isAboutCredentials: true as const,
    dryRun: request.dryRun === true,
    describePlan: (plan: AccessPlan) => accessPlanMarkdown(plan, workflowInfo().workflowId),
    ...(request.historyEventLimit === undefined ? {} : { historyEventLimit: request.historyEventLimit }),
  };
  return runOperation<AccessPlan, AccessStepResult, AccessReport>(
    definition,
    carried,
    goOn,
    async (operation) => {
      let verdict: PlanVerdict<AccessPlan>;
      do {
        verdict = await approvedPlan(operation, planMaker(type, request));
        if (verdict.outcome !== 'approved') break;
        const { plan } = verdict;
        await inOrder(operation, {
          items: plan.steps,
          stepOf: accessStep,
          run: (step, planned) => runAccessStep(step, plan, planned),
        });
      } while (operation.state.replanWanted && operation.state.cancel === undefined);
      return closeAccess(operation, type, request, verdict);
    },
  );
}

function planMaker(operation: AccessOperation, request: AccessRequest) {
  const make = (previous: AccessPlan | undefined, summary: string) =>
    activities.accessPlanning.planAccess.executeWithOptions({ summary }, [
      { operation, request, ...(previous === undefined ? {} : { previous }) },
    ]);
  return {
    make: (previous: AccessPlan | undefined) =>
      make(previous, 'look at the access and plan: nothing is changed'),
    holds: async (plan: AccessPlan) => (await make(plan, 'does the approved plan still hold?')).changes,
    changesAnything: (plan: AccessPlan) => plan.steps.length > 0,
  };
}
