import type { ClusterConfig } from '../../config/clusterConfig';
import type { Session } from '../session';
import { findWorker, hasOtherSettings } from './workerProcess';
import type { WorkerState } from './workerState';

/** The worker that `pxm up` started here with another configuration than this one. Those elsewhere are not seen. */
export async function findStaleWorker(config: ClusterConfig): Promise<WorkerState | undefined> {
  const worker = await findWorker(config.cluster.name);
  return worker !== undefined && hasOtherSettings(worker, config) ? worker : undefined;
}

/** Plans are made by the worker, with the configuration that it was started with: says so where that is another one. */
export async function warnOfStaleWorker({ output }: Session, config: ClusterConfig): Promise<void> {
  const worker = await findStaleWorker(config);
  if (worker === undefined) return;
  output.note(
    `Warning: the configuration has changed since worker ${worker.pid} was started, which goes on with the old one. To use the new one: pxm up`,
  );
}
