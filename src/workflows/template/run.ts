import type { RunbookStepResult } from '../../domain/runbookReport';
import type { TemplateFrame, TemplatePlan } from '../../domain/templatePlan';
import { frameOf } from '../../planning/rules/templateFrame';
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
  return { operation, plan, frame: frameOf(plan) };
}
