import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { LeaseHolder } from '../../domain/lease';
import type { ActivityDependencies } from '../dependencies';
import { activity } from '../shared/attempt';
import type { LedgerActivities } from './contract';

/** The activities of the ledger workflow. */
export function createLedgerActivities({
  temporal,
}: Pick<ActivityDependencies, 'temporal'>): LedgerActivities {
  return {
    closedHolders: activity(async (_attempt, { holders }) => {
      const closed = await Promise.all(holders.map((holder) => hasEnded(temporal, holder)));
      return holders.filter((_holder, index) => closed[index] === true);
    }),
  };
}

/**
 * Whether an operation has ended: its chain of runs is closed, or another chain has its ID now, or nobody knows it.
 * A server that does not tell the chain's first run proves nothing: then only a closed operation counts.
 */
async function hasEnded(client: Client, holder: LeaseHolder): Promise<boolean> {
  try {
    const description = await client.workflow.getHandle(holder.workflowId).describe();
    const firstRunId = description.raw.workflowExecutionInfo?.firstRunId;
    const isOtherChain = Boolean(firstRunId) && firstRunId !== holder.firstExecutionRunId;
    return isOtherChain || description.status.name !== 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}
