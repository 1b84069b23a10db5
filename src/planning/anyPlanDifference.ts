import type { AnyPlan } from '../domain/operation';
import { accessDifference } from './access/plan';
import { playbookDifference } from './ansible/plan';
import { clusterPlanDifference } from './cluster/difference';
import { planDifference } from './planDifference';
import { runbookDifference } from './runbook/plan';
import { templateDifference } from './template/difference';

/** What differs between two plans of the same operation, in words. */
export function anyPlanDifference(before: AnyPlan, after: AnyPlan): readonly string[] {
  switch (before.operation) {
    case 'evacuateNode':
      return after.operation === before.operation ? planDifference(before, after) : [];
    case 'runRunbook':
      return after.operation === before.operation ? runbookDifference(before, after) : [];
    case 'runPlaybook':
      return after.operation === before.operation ? playbookDifference(before, after) : [];
    case 'createTemplate':
      return after.operation === before.operation ? templateDifference(before, after) : [];
    case 'changeCluster':
      return after.operation === before.operation ? clusterPlanDifference(before, after) : [];
    case 'bootstrapAccess':
    case 'rotateToken':
    case 'undoAccess':
      return after.operation === before.operation ? accessDifference(before, after) : [];
  }
}
