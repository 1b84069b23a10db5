import type { Client } from '@temporalio/client';
import type { AccessRequest } from '../../domain/access';
import type { AccessOperation } from '../../domain/accessPlan';
import { accessWorkflowId } from '../../domain/names';
import { accessTitles } from '../../domain/rendering/accessPlanMarkdown';
import { startOnce } from '../operations/startOnce';

/** Starts an operation on a cluster's access and returns its first run. Refused (LeaseRefused) while another one is open. */
export async function startAccess(
  client: Client,
  type: AccessOperation,
  cluster: string,
  request: AccessRequest,
): Promise<string> {
  const workflowId = accessWorkflowId(cluster);
  const summary = `${accessTitles[type]}, asked by ${request.requestedBy ?? 'somebody'}`;
  const it = { type, workflowId, cluster, request, attempted: accessTitles[type], summary };
  return startOnce(client, it);
}
