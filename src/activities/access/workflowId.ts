import { activityInfo } from '@temporalio/activity';

import { ManagerError, problem } from '../../domain/errors';
import { accessWorkflowId } from '../../domain/names';

/**
 * The workflow ID is what keeps operations on a cluster's access apart: throws InputInvalid under any other one, e.g. one
 * that the Web UI or a schedule made up. Asked here and not in the workflow, which does not know its cluster's name.
 */
export function requireOwnId(cluster: string): void {
  const workflowId = activityInfo().workflowExecution?.workflowId;
  const expected = accessWorkflowId(cluster);
  if (workflowId === expected) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: 'plan the access of the API token',
      failed: `the workflow ID is ${workflowId ?? 'missing'}: it would run beside another operation on access`,
      remedy: `Start it with the workflow ID ${expected}, or with pxm bootstrap, pxm token rotate or pxm bootstrap --undo.`,
    }),
  );
}
