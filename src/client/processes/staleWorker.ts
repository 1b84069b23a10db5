import type { ClusterConfig } from '../../config/clusterConfig';
import type { Session } from '../session';
import { findWorker, hasOtherSettings } from './workerProcess';

/** Plans are made by the worker, with the configuration that it was started with. Only one of this machine is seen. */
export async function warnOfStaleWorker({ output }: Session, config: ClusterConfig): Promise<void> {
  const worker = await findWorker(config.cluster.name);
  if (worker === undefined || !hasOtherSettings(worker, config)) return;
  output.note(
    `Warning: the configuration has changed since worker ${worker.pid} was started, which goes on with the old one. To use the new one: pxm up`,
  );
}
