import type { RunbookStepResult } from '../../domain/runbookReport';
import type { TemplateFrame, TemplatePlan } from '../../domain/templatePlan';
import type { Operation } from '../shared/operation';

/** Making a template, under way. */
export type TemplateOperation = Operation<TemplatePlan, RunbookStepResult>;

/** What the steps of the frame work with. */
export interface TemplateRun {
  readonly operation: TemplateOperation;
  readonly plan: TemplatePlan;
  /** The plan as activities get it. */
  readonly frame: TemplateFrame;
}

/** The steps of an approved plan. */
export function templateRun(operation: TemplateOperation, plan: TemplatePlan): TemplateRun {
  const { builds: _builds, deviations: _deviations, keeps: _keeps, warnings: _warnings, ...frame } = plan;
  return { operation, plan, frame };
}
