import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';

/** The namespace of the embedded server. */
export const embeddedNamespace = 'default';

/** A run of three months and more must still be there to look at; the dev server itself forgets after 24 hours. */
const retention = '90 days';

/** The identity of the database behind a Temporal server; undefined if none answers within `timeoutMs`. */
export async function clusterIdAt(address: string, timeoutMs: number): Promise<string | undefined> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: timeoutMs });
    const { workflowService } = connection;
    const info = await connection.withDeadline(Date.now() + timeoutMs, () =>
      workflowService.getClusterInfo({}),
    );
    return info.clusterId;
  } catch {
    return undefined;
  } finally {
    await connection?.close();
  }
}

/** Sets the namespace's retention to 90 days. Repeating it changes nothing. */
export async function setRetention(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.updateNamespace({
      namespace: embeddedNamespace,
      config: { workflowExecutionRetentionTtl: msToTs(retention) },
    });
  } finally {
    await connection.close();
  }
}
