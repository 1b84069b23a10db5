import type { ClusterConfig } from '../../../config/clusterConfig';
import type { Finding } from '../../../domain/checkup';
import { taskQueueOf } from '../../../domain/names';
import { findStaleWorker } from '../../processes/staleWorker';
import { warning } from '../finding';

/** Whether the worker that `pxm up` started here knows the configuration as it is now; nothing, if it does. */
export async function checkStaleWorker(config: ClusterConfig): Promise<Finding[]> {
  const worker = await findStaleWorker(config);
  if (worker === undefined) return [];
  const what = `the configuration has changed since worker ${worker.pid} was started: it plans and works with the old one`;
  const remedy = 'Start it anew, operations go on: pxm up';
  return [warning('worker', taskQueueOf(config.cluster.name), what, remedy)];
}
