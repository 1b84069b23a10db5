import { basename } from 'node:path';
import { writeWorkerState } from '../../../src/client/processes/workerState';

/**
 * Makes this process stand for a worker that `pxm up` started with a configuration of this hash: what is known of one in
 * the state folder (PXM_STATE_FOLDER) is all that is looked at.
 */
export function pretendWorker(cluster: string, settingsHash: string): void {
  const file = basename(process.argv[1] ?? '');
  writeWorkerState({ pid: process.pid, cluster, file, logFile: 'none', settingsHash });
}
