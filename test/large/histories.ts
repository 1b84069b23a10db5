import type { Client } from '@temporalio/client';

/** How large the history of one run has become. */
export interface RunHistory {
  readonly workflowId: string;
  readonly runId: string;
  readonly events: number;
  readonly bytes: number;
}

/** The histories of all runs of some workflows, the largest first. */
export async function historiesOf(
  client: Client,
  workflowIds: readonly string[],
): Promise<readonly RunHistory[]> {
  const runs: RunHistory[] = [];
  for (const workflowId of workflowIds) {
    for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
      const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
      const { historyLength, historySizeBytes } = raw.workflowExecutionInfo ?? {};
      runs.push({
        workflowId,
        runId,
        events: Number(historyLength ?? 0),
        bytes: Number(historySizeBytes ?? 0),
      });
    }
  }
  return runs.toSorted((one, other) => other.bytes - one.bytes);
}
