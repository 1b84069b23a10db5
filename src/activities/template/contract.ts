import type { TemplatePlan, TemplateRequest } from '../../domain/templatePlan';
import type { LeaseHolderArgument } from '../shared/contract';

/** What planning a template starts from. */
export interface TemplatePlanArguments extends LeaseHolderArgument {
  readonly request: TemplateRequest;
  /** The plan that this one replaces, for the difference in words. */
  readonly previous?: TemplatePlan;
}

/** A plan that was made, and what differs from the one before it. */
export interface TemplatePlanMade {
  readonly plan: TemplatePlan;
  readonly changes: readonly string[];
}
