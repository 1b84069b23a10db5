import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { PlaybookPlan } from '../domain/ansible/plan';
import type { PlaybookReport } from '../domain/ansible/report';
import type { PlaybookRequest } from '../domain/ansible/request';
import type { PlaybookResult } from '../domain/ansible/run';
import { playbookPlanMarkdown } from '../domain/rendering/playbookPlanMarkdown';
import { playbookPlanMaker } from './ansible/planMaker';
import { closePlaybook } from './ansible/report';
import { checkPlaybookRequest } from './ansible/request';
import { runPlaybookStep } from './ansible/step';
import { approvedPlan } from './shared/approval';
import { runOperation } from './shared/run';
import type { OperationState } from './shared/state';

/** What continue-as-new carries; nobody else passes it. */
type CarriedPlaybook = OperationState<PlaybookPlan, PlaybookResult>;

/**
 * Runs an Ansible playbook: plan -> approval of exactly that tree, inventory, limit and variables -> the run, begun once
 * and followed to its end -> report. Started with one JSON object, `{"playbook": "<name>"}` at the least. Fails at once
 * (InputInvalid) if the request can't be understood.
 */
export function runPlaybook(request: PlaybookRequest, carried?: CarriedPlaybook): Promise<PlaybookReport> {
  checkPlaybookRequest(request);
  const definition = {
    type: 'runPlaybook' as const,
    dryRun: request.dryRun === true,
    describePlan: (plan: PlaybookPlan) => playbookPlanMarkdown(plan, workflowInfo().workflowId),
    ...(request.historyEventLimit === undefined ? {} : { historyEventLimit: request.historyEventLimit }),
  };
  const goOn = (state: CarriedPlaybook) => continueAsNew<typeof runPlaybook>(request, state);
  return runOperation<PlaybookPlan, PlaybookResult, PlaybookReport>(
    definition,
    carried,
    goOn,
    async (operation) => {
      const maker = playbookPlanMaker(operation, request);
      let verdict = await approvedPlan(operation, maker);
      while (verdict.outcome === 'approved') {
        await runPlaybookStep(operation, verdict.plan);
        if (!operation.state.replanWanted || operation.state.cancel !== undefined) break;
        verdict = await approvedPlan(operation, maker);
      }
      return closePlaybook(operation, request, verdict);
    },
  );
}
