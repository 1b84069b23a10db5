import type { Finding } from '../../../domain/checkup';
import { listOpenOperations } from '../../reading/openOperations';
import type { Server } from '../server';
import { noConfig, notChecked, ofError, ok, warning } from '../finding';

/** Operations that have not ended; those that wait for a person should not be forgotten. */
export async function checkOperations(
  { client }: Server,
  cluster: string | undefined,
  attributes: Finding,
): Promise<Finding[]> {
  if (cluster === undefined) return [notChecked('operations', 'cluster', noConfig)];
  if (attributes.status !== 'ok') {
    const mask = { check: 'searchAttributes', fault: 'the search attributes are not right' } as const;
    return [notChecked('operations', 'cluster', mask)];
  }
  try {
    const open = await listOpenOperations(client, cluster);
    const waiting = open.filter(({ waitingFor }) => waitingFor !== '');
    if (waiting.length === 0) {
      const ids = open.map(({ workflowId }) => workflowId).join(', ');
      return [ok('operations', 'cluster', open.length === 0 ? 'no operation is open' : `under way: ${ids}`)];
    }
    return waiting.map(({ workflowId, waitingFor, startedAt }) =>
      warning(
        'operations',
        workflowId,
        `it was started at ${startedAt} and waits for ${waitingFor}`,
        `Look at it and answer: pxm watch ${workflowId}`,
      ),
    );
  } catch (error) {
    return [ofError('operations', 'cluster', error)];
  }
}
