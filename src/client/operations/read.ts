import type { Client } from '@temporalio/client';
import { QueryNotRegisteredError } from '@temporalio/client';
import type { Decision } from '../../domain/decision';
import { ManagerError, problem } from '../../domain/errors';
import type { AnyPlan } from '../../domain/operation';
import { queryNames } from '../../domain/names';
import type { OperationProgress } from '../../domain/progress';
import { isUnanswered } from '../failures';

/** A worker answers within this, or it is taken as absent (design: "Running it"). */
export const workerPatienceMs = 5_000;

/** The current plan: null before there is one, undefined if no worker answers. */
export function readPlan(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<AnyPlan | null | undefined> {
  return query(client, workflowId, queryNames.plan, runId);
}

/** Where the operation is; undefined if no worker answers. */
export function readProgress(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<OperationProgress | undefined> {
  return query(client, workflowId, queryNames.progress, runId);
}

/** All decisions, answered ones too; undefined if no worker answers. */
export function readDecisions(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<Decision[] | undefined> {
  return query(client, workflowId, queryNames.decisions, runId);
}

/**
 * Asks a workflow, its newest run where none is named; undefined if no worker answers in time. Throws InputInvalid if it
 * is no operation of ours.
 */
export async function query<Answer>(
  client: Client,
  workflowId: string,
  name: string,
  runId?: string,
): Promise<Answer | undefined> {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    return await client.withDeadline(Date.now() + workerPatienceMs, () => handle.query<Answer>(name));
  } catch (error) {
    if (isUnanswered(error)) return undefined;
    if (!(error instanceof QueryNotRegisteredError)) throw error;
    throw new ManagerError(
      problem('InputInvalid', {
        attempted: `ask ${workflowId} for its ${name}`,
        failed: 'this workflow is no operation of proxmox-manager',
        remedy: 'pxm operations lists the operations.',
      }),
    );
  }
}
