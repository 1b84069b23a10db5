import type { AnyPlan } from '../../domain/operation';
import type { Output } from '../output';
import { accessPlanView } from './accessPlanView';
import { planView } from './planView';

/** The plan of any operation in full. */
export function anyPlanView(output: Output, plan: AnyPlan): string {
  return plan.operation === 'evacuateNode' ? planView(output, plan) : accessPlanView(output, plan);
}
