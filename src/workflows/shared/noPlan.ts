import type { Problem } from '../../domain/errors';
import type { PlanVerdict } from './approval';
import type { OperationPlan, OperationState } from './state';

/** Why there was no plan to approve, for the report: what refused it, or the question at which a person gave up. */
export function problemWithoutPlan<Plan extends OperationPlan>(
  { decisions }: Pick<OperationState<Plan, unknown>, 'decisions'>,
  verdict: PlanVerdict<Plan>,
): { readonly problem?: Problem } {
  if (verdict.outcome === 'refused') return { problem: verdict.problem };
  const last = verdict.outcome === 'cancelled' ? decisions.at(-1) : undefined;
  return last?.kind === 'inspectionFailed' && last.answer?.choice === 'abort'
    ? { problem: last.problem }
    : {};
}
