import { startProcess } from '../cluster/guest-processes';
import type { VolumeState } from '../cluster/volumes';
import { fail } from '../http/errors';
import type { Task } from '../tasks/task';
import type { TaskWorker } from '../tasks/worker';
import { movedDrive } from './finish';
import type { MigrationRun } from './run';
import type { VolumeToCopy } from './scan';
import { creationLines, targetStorageOf } from './storage-copy';
import { allocateTargetVolume } from './target-volume';

/** How a remote command of the migration fails. */
const remoteCommandFailed = 'remote command failed with exit code 255';

/**
 * Starts the machine on the target, waiting for its state: a task qmstart of root@pam there (behaviour.md 8.5), which
 * also makes the volumes that disks will be mirrored to. Takes `seconds`.
 */
export async function startOnTarget(
  run: MigrationRun,
  mirrored: readonly VolumeToCopy[],
  seconds: number,
): Promise<void> {
  const { cluster, target, vmid } = run;
  run.log(`starting VM ${vmid} on remote node '${target.name}'`);
  await run.untilTargetReachable();
  const made: VolumeState[] = [];
  const started = cluster.tasks.start({
    node: target.name,
    type: 'qmstart',
    id: String(vmid),
    authId: 'root@pam',
    run: (worker) => startIncoming(run, worker, mirrored, made, seconds),
  });
  run.startTask = started;
  await run.worker.wait(started.finished);
  run.resumeFrom(cluster.clock.now());
  await run.untilTargetReachable();
  if (started.exitStatus !== 'OK') failRemotely(run, started);
  for (const [index, { volume }] of mirrored.entries()) {
    run.log(`volume '${volume.volid}' is '${made[index]?.volid ?? ''}' on the target`);
  }
}

async function startIncoming(
  run: MigrationRun,
  worker: TaskWorker,
  mirrored: readonly VolumeToCopy[],
  made: VolumeState[],
  seconds: number,
): Promise<void> {
  const { cluster, guest, target, vmid } = run;
  const node = target.name;
  if (guest.processes.has(node)) fail(`VM ${vmid} already running`);
  for (const { volume: from } of mirrored) {
    const storage = targetStorageOf(run, from);
    const to = allocateTargetVolume(cluster, { from, vmid, storage, node, keepName: false });
    worker.log(creationLines(storage, to).join('\n'));
    made.push(to);
    run.copied.push({ from, to, mirrored: true });
  }
  await worker.sleep(seconds);
  const now = cluster.clock.now();
  startProcess(guest, { node, pid: cluster.tasks.newPid(node), now, qemuStatus: 'inmigrate' });
  run.incoming = guest.processes.get(node);
  logListeners(run, worker, mirrored, made);
}

/** Where the incoming machine listens (recording a1: log of the target's qmstart). */
function logListeners(
  { guest, vmid }: MigrationRun,
  worker: TaskWorker,
  mirrored: readonly VolumeToCopy[],
  made: readonly VolumeState[],
): void {
  worker.log(`migration listens on unix:/run/qemu-server/${vmid}.migrate`);
  for (const [index, { local, volume: from }] of mirrored.entries()) {
    const key = local.driveKey ?? '';
    const drive = movedDrive(guest.config.get(key) ?? '', { from, to: made[index] ?? from, mirrored: true });
    const socket = `nbd:unix:/run/qemu-server/${vmid}_nbd.migrate:exportname=drive-${key}`;
    worker.log(`storage migration listens on ${socket} volume:${drive}`);
  }
}

function failRemotely(run: MigrationRun, started: Task): never {
  const text = started.exitStatus ?? '';
  if (text !== 'unexpected status') run.log(`[${run.target.name}] ${text}`);
  return fail(remoteCommandFailed);
}
