import type { Finding } from '../../../domain/checkup';
import type { Server } from '../server';
import { failed, ofError, ok } from '../finding';

const grpcNotFound = 5;

/** Whether the namespace exists. */
export async function checkNamespace({ connection, namespace }: Server): Promise<Finding> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return ok('namespace', namespace, 'the namespace exists');
  } catch (error) {
    if (!isNotFound(error)) return ofError('namespace', namespace, error);
    return failed(
      'namespace',
      namespace,
      `the Temporal server has no namespace ${namespace}`,
      `Create it: temporal operator namespace create --namespace ${namespace} --retention 90d\nOr use another one: export TEMPORAL_NAMESPACE=<name>`,
    );
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === grpcNotFound;
}
