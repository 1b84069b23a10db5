import { endProcess } from '../cluster/guest-processes';
import { isQuorate } from '../cluster/quorum';
import type { MigrationRun } from './run';

/** Until the incoming QEMU is stopped, in seconds (recordings e2: two seconds from the error to the end). */
const stopIncomingSeconds = 2;
/** Cancelling a live copy in the middle takes this long: more than a DELETE waits (observed: Migration). */
const cancelCopySeconds = 4;
/** How long ssh tries an address that does not answer. */
const connectSeconds = 3;

/** Undoes what was done before the machine was started on the target: it never left the source. */
export async function cleanUpPhase1(run: MigrationRun): Promise<void> {
  run.log('aborting phase 1 - cleanup resources');
  unlockSource(run);
  if (run.copied.length > 0) await freeTargetVolumes(run);
}

/**
 * Undoes a live migration that failed or was aborted: the machine goes on at the source. Whoever aborts it sees the
 * worker killed in the middle, with the lock gone and half a copy left on the target.
 */
export async function cleanUpPhase2(run: MigrationRun): Promise<void> {
  const { cluster, guest, target, worker, process } = run;
  run.log('aborting phase 2 - cleanup resources');
  run.log('migrate_cancel');
  process?.mirrorJobs.clear();
  unlockSource(run);
  if (run.startTask?.running === true) await worker.wait(run.startTask.finished);
  await worker.sleep(stopIncomingSeconds);
  if (!run.targetReachable) await worker.sleep(connectSeconds);
  else if (run.incoming !== undefined && guest.processes.get(target.name) === run.incoming) {
    endProcess(guest, target.name, cluster.clock.now());
  }
  if (worker.interrupted.aborted) await worker.sleep(cancelCopySeconds);
  await freeTargetVolumes(run);
}

function unlockSource({ cluster, guest, source }: MigrationRun): void {
  if (guest.node === source.name && isQuorate(cluster, source)) guest.config.delete('lock');
}

async function freeTargetVolumes(run: MigrationRun): Promise<void> {
  if (!run.targetReachable) {
    await run.worker.sleep(connectSeconds);
    run.log(`ERROR: ssh: connect to host ${run.target.ip} port 22: No route to host`);
    return;
  }
  for (const { to } of run.copied) run.cluster.volumes.remove(to);
}
