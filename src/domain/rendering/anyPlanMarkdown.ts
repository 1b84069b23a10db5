import type { AnyPlan } from '../operation';
import { accessPlanMarkdown } from './accessPlanMarkdown';
import { clusterPlanMarkdown } from './clusterPlanMarkdown';
import { planMarkdown } from './planMarkdown';
import { playbookPlanMarkdown } from './playbookPlanMarkdown';
import { runbookPlanMarkdown } from './runbookPlanMarkdown';
import { templatePlanMarkdown } from './templatePlanMarkdown';

const everything = { rows: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER };

/** The plan of any operation as Markdown, in full. */
export function anyPlanMarkdown(plan: AnyPlan, workflowId: string): string {
  switch (plan.operation) {
    case 'evacuateNode':
      return planMarkdown(plan, workflowId, everything);
    case 'runRunbook':
      return runbookPlanMarkdown(plan, workflowId, everything.bytes);
    case 'runPlaybook':
      return playbookPlanMarkdown(plan, workflowId, everything.bytes);
    case 'createTemplate':
      return templatePlanMarkdown(plan, workflowId, everything.bytes);
    case 'changeCluster':
      return clusterPlanMarkdown(plan, workflowId, everything.bytes);
    default:
      return accessPlanMarkdown(plan, workflowId, everything.bytes);
  }
}
