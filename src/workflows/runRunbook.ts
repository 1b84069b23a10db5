import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import { runbookPlanMarkdown } from '../domain/rendering/runbookPlanMarkdown';
import type { RunbookPlan, RunbookRequest } from '../domain/runbookPlan';
import type { RunbookReport, RunbookStepResult } from '../domain/runbookReport';
import { checkRunbookRequest } from './runbook/request';
import { closeRunbook } from './runbook/report';
import { runSteps } from './runbook/sequence';
import { approvedPlan } from './shared/approval';
import { activities } from './shared/calls';
import { runOperation } from './shared/run';
import type { OperationState } from './shared/state';

/** What continue-as-new carries; nobody else passes it. */
type CarriedRunbook = OperationState<RunbookPlan, RunbookStepResult>;

/**
 * Runs a runbook: plan -> approval of exactly that plan -> steps in the order of the file, each building on what those
 * before it captured -> clean-up -> report. Started with one JSON object, `{"runbook": "<name>"}` at the least. Fails at
 * once (InputInvalid) if the request can't be understood.
 */
export function runRunbook(request: RunbookRequest, carried?: CarriedRunbook): Promise<RunbookReport> {
  checkRunbookRequest(request);
  const definition = {
    type: 'runRunbook' as const,
    dryRun: request.dryRun === true,
    describePlan: (plan: RunbookPlan) => runbookPlanMarkdown(plan, workflowInfo().workflowId),
    ...(request.historyEventLimit === undefined ? {} : { historyEventLimit: request.historyEventLimit }),
  };
  const goOn = (state: CarriedRunbook) => continueAsNew<typeof runRunbook>(request, state);
  return runOperation<RunbookPlan, RunbookStepResult, RunbookReport>(
    definition,
    carried,
    goOn,
    async (operation) => {
      const verdict = await approvedPlan(operation, planMaker(request));
      if (verdict.outcome === 'approved') await runSteps(operation, verdict.plan);
      return closeRunbook(operation, request, verdict);
    },
  );
}

function planMaker(request: RunbookRequest) {
  const make = (previous: RunbookPlan | undefined, summary: string) =>
    activities.runbookReads.planRunbook.executeWithOptions({ summary }, [
      { request, ...(previous === undefined ? {} : { previous }) },
    ]);
  return {
    make: (previous: RunbookPlan | undefined) =>
      make(previous, `read the runbook ${request.runbook} and plan: nothing is changed`),
    holds: async (plan: RunbookPlan) => (await make(plan, 'does the approved plan still hold?')).changes,
    changesAnything: () => true,
  };
}
