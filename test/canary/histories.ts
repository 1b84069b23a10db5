import type { Client, WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { contentsOf } from './contents';
import type { Evidence } from './search';

/**
 * What Temporal tells of every workflow: the history as it is exported and with its payloads decoded, the
 * description (memo, search attributes, summaries, heartbeats and last failures of running activities), and the
 * answers to its queries, the details of the Web UI among them. `query` is one of the list of workflows. `ended`: runs
 * that are left out; whatever has ended is added, since nothing can be added to what is told of it.
 */
export async function historiesOf(
  client: Client,
  query?: string,
  ended = new Set<string>(),
): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  for await (const { workflowId, runId, status } of client.workflow.list(
    query === undefined ? {} : { query },
  )) {
    if (ended.has(runId)) continue;
    if (status.name !== 'RUNNING') ended.add(runId);
    const handle = client.workflow.getHandle(workflowId, runId);
    const history = await handle.fetchHistory();
    const { raw } = await handle.describe();
    const name = `${workflowId} ${runId}`;
    evidence.push(
      { name: `${name}: export`, bytes: Buffer.from(historyToJSON(history)) },
      { name: `${name}: history`, bytes: contentsOf(history) },
      { name: `${name}: description`, bytes: contentsOf(raw) },
      { name: `${name}: queries`, bytes: await answersOf(handle) },
    );
  }
  return evidence;
}

const queries = ['__temporal_workflow_metadata', 'plan', 'progress', 'decisions'];

/** A workflow that does not know a query, or has no worker, answers with an error: that is evidence as well. */
async function answersOf(handle: WorkflowHandle): Promise<Buffer> {
  const answers = await Promise.all(
    queries.map((query) =>
      handle.query<unknown>(query).catch((error: unknown) => ({
        failed: error instanceof Error ? [error.message, error.stack] : String(error),
      })),
    ),
  );
  return contentsOf(answers);
}
