import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import { templatePlanMarkdown } from '../domain/rendering/templatePlanMarkdown';
import type { RunbookStepResult } from '../domain/runbookReport';
import type { TemplatePlan, TemplateRequest } from '../domain/templatePlan';
import { frameOf } from '../planning/rules/templateFrame';
import type { TemplateReport } from '../domain/templateReport';
import { isLeftAlone } from './runbook/sequence';
import { approvedPlan } from './shared/approval';
import { activities } from './shared/calls';
import { runOperation } from './shared/run';
import type { OperationState } from './shared/state';
import { bootTest } from './template/bootTest';
import { makeCopy } from './template/copies';
import { discard } from './template/discard';
import { bringIntoForce, mayAnyBeInForce } from './template/inForce';
import { closeTemplate } from './template/report';
import { checkTemplateRequest } from './template/request';
import { retireOlder } from './template/retire';
import { templateRun, type TemplateOperation, type TemplateRun } from './template/run';

/** What continue-as-new carries; nobody else passes it. */
type CarriedTemplate = OperationState<TemplatePlan, RunbookStepResult>;

/**
 * Makes a template: plan -> approval of exactly that plan -> the runbook's steps build the first copy -> a clone of it
 * is booted -> the other copies -> all come into force -> older versions go -> report. Until it is in force the version
 * before it is, and what can't come into force is taken away again. Started with one JSON object,
 * `{"runbook":"debian-13"}` at the least; fails at once (InputInvalid) if that can't be understood.
 */
export function createTemplate(request: TemplateRequest, carried?: CarriedTemplate): Promise<TemplateReport> {
  checkTemplateRequest(request);
  const definition = {
    type: 'createTemplate' as const,
    dryRun: request.dryRun === true,
    describePlan: (plan: TemplatePlan) => templatePlanMarkdown(plan, workflowInfo().workflowId),
    ...(request.historyEventLimit === undefined ? {} : { historyEventLimit: request.historyEventLimit }),
  };
  const goOn = (state: CarriedTemplate) => continueAsNew<typeof createTemplate>(request, state);
  return runOperation<TemplatePlan, RunbookStepResult, TemplateReport>(
    definition,
    carried,
    goOn,
    async (operation) => {
      const verdict = await approvedPlan(operation, planMaker(operation, request));
      if (verdict.outcome === 'approved') await makeTemplate(templateRun(operation, verdict.plan));
      return closeTemplate(operation, request, verdict);
    },
  );
}

async function makeTemplate(run: TemplateRun): Promise<void> {
  const { operation } = run;
  operation.state.phase = 'running';
  operation.state.planIsNew = false;
  operation.changed();
  if (await makeCopies(run)) {
    if (await bringIntoForce(run)) await retireOlder(run);
  }
  if (!mayAnyBeInForce(run) && !isLeftAlone(operation)) await discard(run);
}

/** The first copy is tested before any other is begun. */
async function makeCopies(run: TemplateRun): Promise<boolean> {
  const [first, ...others] = run.plan.copies;
  if (first === undefined) return true;
  if (!(await makeCopy(run, first)) || !(await bootTest(run))) return false;
  for (const copy of others) {
    if (!(await makeCopy(run, copy))) return false;
  }
  return true;
}

function planMaker(operation: TemplateOperation, request: TemplateRequest) {
  const { holder, state } = operation;
  const summary = `look and plan the template ${request.name ?? request.runbook}: nothing is changed`;
  return {
    make: (previous: TemplatePlan | undefined) =>
      activities.templateReads.planTemplate.executeWithOptions({ summary }, [
        { request, holder, ...(previous === undefined ? {} : { previous }) },
      ]),
    async holds(plan: TemplatePlan) {
      const { changes, knownTasks } = await activities.templateReads.checkTemplatePlan.executeWithOptions(
        { summary: 'does the approved plan still hold?' },
        [{ request, plan: frameOf(plan) }],
      );
      state.knownTasks = { before: knownTasks };
      return changes;
    },
    changesAnything: (plan: TemplatePlan) => plan.copies.length > 0 || plan.retires.length > 0,
  };
}
