import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { AccessRequest } from '../../domain/access';
import type { AccessOperation } from '../../domain/accessPlan';
import { ManagerError, problem } from '../../domain/errors';
import { accessWorkflowId, taskQueueOf, workflowTypes } from '../../domain/names';
import { accessTitles } from '../../domain/rendering/accessPlanMarkdown';
import { watchCommand } from '../../domain/rendering/commands';

/** Starts an operation on a cluster's access and returns its ID. Refused (LeaseRefused) while another one is open. */
export async function startAccess(
  client: Client,
  type: AccessOperation,
  cluster: string,
  request: AccessRequest,
): Promise<string> {
  const workflowId = accessWorkflowId(cluster);
  const by = request.requestedBy ?? 'somebody';
  try {
    await client.workflow.start(workflowTypes[type], {
      taskQueue: taskQueueOf(cluster),
      workflowId,
      args: [request],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: `${accessTitles[type]}, asked by ${by}`.slice(0, 100),
    });
    return workflowId;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new ManagerError(
      problem('LeaseRefused', {
        attempted: accessTitles[type],
        failed: `${workflowId} runs already; no second one was started`,
        remedy: `Follow it: ${watchCommand(workflowId)}. End it: pxm cancel ${workflowId}`,
      }),
    );
  }
}
