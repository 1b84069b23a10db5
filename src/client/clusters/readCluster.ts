import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import pLimit from 'p-limit';
import type { ClusterView } from '../../domain/cluster/messages';
import { clusterMessages, clusterWorkflowId, workflowTypes } from '../../domain/names';
import { query } from '../operations/read';
import { isClusterView } from '../shapes';

/** Queries at the same time. */
const askedAtOnce = 10;

/** A cluster that somebody keeps. */
export interface KeptCluster {
  readonly profile: string;
  readonly workflowId: string;
  /** Absent: no worker answers now. */
  readonly view?: ClusterView;
}

/**
 * What a cluster is, as the workflow that keeps it knows it: undefined where no worker answers, null where nobody keeps
 * one of this name, or nothing of it is left.
 */
export async function readClusterView(
  client: Client,
  cluster: string,
  profile: string,
): Promise<ClusterView | null | undefined> {
  try {
    const view = await query<unknown>(client, clusterWorkflowId(cluster, profile), clusterMessages.cluster);
    if (view === undefined) return undefined;
    return isClusterView(view) && isAnything(view) ? view : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Every cluster that somebody keeps in a Proxmox cluster, by name. */
export async function keptClusters(client: Client, cluster: string): Promise<readonly KeptCluster[]> {
  const prefix = clusterWorkflowId(cluster, '');
  const query = `WorkflowType = '${workflowTypes.vmCluster}' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH '${prefix}'`;
  const profiles: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) {
    profiles.push(workflowId.slice(prefix.length));
  }
  const kept = await pLimit(askedAtOnce).map(profiles.toSorted(), async (profile) => {
    const view = await readClusterView(client, cluster, profile);
    const workflowId = clusterWorkflowId(cluster, profile);
    if (view === null) return [];
    return [{ profile, workflowId, ...(view === undefined ? {} : { view }) }];
  });
  return kept.flat();
}

function isAnything({ record, operation }: ClusterView): boolean {
  return operation !== undefined || (record?.members.length ?? 0) > 0;
}
