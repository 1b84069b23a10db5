import { hostname } from 'node:os';
import { isOfProcess } from '../../domain/workerIdentity';
import { isAlive } from '../../temporal/childProcess';
import { readWorkerStates } from './workerState';

/**
 * Tells which identity is that of a worker that `pxm up` started here for this cluster and that has died since: the
 * Temporal server names it for minutes. Of workers that others started nothing is known here.
 */
export function goneWorkerOf(cluster: string): (identity: string) => boolean {
  const state = readWorkerStates().find((it) => it.cluster === cluster);
  if (state === undefined || isAlive(state.pid)) return () => false;
  return (identity) => isOfProcess(identity, { pid: state.pid, host: hostname() });
}
