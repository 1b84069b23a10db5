import type { AnyPlan } from '../../domain/operation';
import type { Output } from '../output';
import { accessPlanView } from './accessPlanView';
import { clusterPlanView } from './clusterPlanView';
import { planView } from './planView';
import { playbookPlanView } from './playbookPlanView';
import { runbookPlanView } from './runbookPlanView';
import { templatePlanView } from './templatePlanView';

/** The plan of any operation in full. */
export function anyPlanView(output: Output, plan: AnyPlan): string {
  switch (plan.operation) {
    case 'evacuateNode':
      return planView(output, plan);
    case 'runRunbook':
      return runbookPlanView(output, plan);
    case 'runPlaybook':
      return playbookPlanView(output, plan);
    case 'createTemplate':
      return templatePlanView(output, plan);
    case 'changeCluster':
      return clusterPlanView(output, plan);
    default:
      return accessPlanView(output, plan);
  }
}
