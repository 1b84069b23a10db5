import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { ManagerError, problem } from '../../domain/errors';
import { taskQueueOf, type WorkflowType } from '../../domain/names';
import { shellWord, watchCommand } from '../../domain/rendering/commands';

/** An operation of which only one may be under way. */
export interface OnlyOne {
  readonly type: WorkflowType;
  readonly workflowId: string;
  readonly cluster: string;
  /** The one JSON object that it is started with. */
  readonly request: object;
  /** What it does, as an error names it, e.g. `empty pve01`. */
  readonly attempted: string;
  /** One line for Temporal's list. */
  readonly summary: string;
}

/**
 * Starts it, and returns its first run, which tells it from others of this ID. Refused (LeaseRefused) while one of this ID
 * is under way, allowed once that has ended.
 */
export async function startOnce(client: Client, it: OnlyOne): Promise<string> {
  const { type, workflowId, cluster, request, attempted, summary } = it;
  try {
    const { firstExecutionRunId } = await client.workflow.start(type, {
      taskQueue: taskQueueOf(cluster),
      workflowId,
      args: [request],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      staticSummary: summary.slice(0, 100),
    });
    return firstExecutionRunId;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw runsAlready(workflowId, attempted);
  }
}

/** Whether an operation of this ID is under way. Throws gRPC's errors. */
export async function isUnderWay(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Refuses what {@link startOnce} would refuse, before anybody is asked anything for it. */
export async function requireNoneUnderWay(
  client: Client,
  { workflowId, attempted }: Pick<OnlyOne, 'workflowId' | 'attempted'>,
): Promise<void> {
  if (await isUnderWay(client, workflowId)) throw runsAlready(workflowId, attempted);
}

function runsAlready(workflowId: string, attempted: string): ManagerError {
  return new ManagerError(
    problem('LeaseRefused', {
      attempted,
      failed: `${workflowId} runs already; no second one was started`,
      remedy: `Follow it: ${watchCommand(workflowId)}\nEnd it: pxm cancel ${shellWord(workflowId)}`,
    }),
  );
}
