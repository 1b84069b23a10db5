import type { AnyPlan } from '../domain/operation';
import { accessDifference } from './access/plan';
import { planDifference } from './planDifference';
import { runbookDifference } from './runbook/plan';

/** What differs between two plans of the same operation, in words. */
export function anyPlanDifference(before: AnyPlan, after: AnyPlan): readonly string[] {
  if (before.operation === 'evacuateNode')
    return after.operation === 'evacuateNode' ? planDifference(before, after) : [];
  if (before.operation === 'runRunbook')
    return after.operation === 'runRunbook' ? runbookDifference(before, after) : [];
  return after.operation === 'evacuateNode' || after.operation === 'runRunbook'
    ? []
    : accessDifference(before, after);
}
