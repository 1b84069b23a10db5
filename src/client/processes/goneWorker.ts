import { hostname } from 'node:os';
import { isOfProcess } from '../../domain/workerIdentity';
import { runsFile } from './commandLine';
import { readWorkerStates } from './workerState';

/**
 * Tells which identity is that of a worker that `pxm up` started here for this cluster and that has died since: the
 * Temporal server names it for minutes, and another process may have its number. Of workers that others started nothing
 * is known here.
 */
export async function goneWorkerOf(cluster: string): Promise<(identity: string) => boolean> {
  const state = readWorkerStates().find((it) => it.cluster === cluster);
  if (state === undefined || (await runsFile(state.pid, state.file))) return () => false;
  return (identity) => isOfProcess(identity, { pid: state.pid, host: hostname() });
}
