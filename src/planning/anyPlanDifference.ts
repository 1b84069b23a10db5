import type { AnyPlan } from '../domain/operation';
import { accessDifference } from './access/plan';
import { planDifference } from './planDifference';

/** What differs between two plans of the same operation, in words. */
export function anyPlanDifference(before: AnyPlan, after: AnyPlan): readonly string[] {
  if (before.operation === 'evacuateNode') {
    return after.operation === 'evacuateNode' ? planDifference(before, after) : [];
  }
  return after.operation === 'evacuateNode' ? [] : accessDifference(before, after);
}
