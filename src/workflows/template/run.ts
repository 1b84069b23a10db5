import type { RunbookStepResult } from '../../domain/runbookReport';
import type { TemplateFrame, TemplatePlan } from '../../domain/templatePlan';
import { frameOf } from '../../planning/rules/templateFrame';
import { tasksOfStep, type FrameRules } from '../shared/frameStep';
import type { Operation } from '../shared/operation';
import { stepsAround } from '../shared/stepsAround';

/** Making a template, under way. */
export type TemplateOperation = Operation<TemplatePlan, RunbookStepResult>;

/** What the steps of the frame work with. */
export interface TemplateRun {
  readonly operation: TemplateOperation;
  readonly plan: TemplatePlan;
  /** The plan as activities get it. */
  readonly frame: TemplateFrame;
  readonly rules: FrameRules;
}

/** The steps of an approved plan. */
export function templateRun(operation: TemplateOperation, plan: TemplatePlan): TemplateRun {
  return { operation, plan, frame: frameOf(plan), rules: templateRules(operation) };
}

/** A template's steps run one after the other, and its clones all have its own VMID in their tasks. */
function templateRules({ state }: TemplateOperation): FrameRules {
  return {
    targetOf: () => 'template',
    around: stepsAround,
    otherTasks: (record) => [
      ...Object.values(state.knownTasks).flat(),
      ...state.steps.filter(({ id }) => id !== record.id).flatMap(tasksOfStep),
    ],
  };
}
