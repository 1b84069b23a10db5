import { formatSize } from '../cluster/sizes';
import { endProcess, setQemuStatus } from '../cluster/guest-processes';
import type { QemuStatus } from '../cluster/guests';
import { completeMirrors } from './mirror';
import type { CopiedVolume, MigrationRun } from './run';
import type { VolumeToCopy } from './scan';

/** Longer than a DELETE waits for a worker, so that it is killed then. */
const stuckAfterInterruptSeconds = 10;

/**
 * From here on the machine belongs to the target (behaviour.md 8.6). Takes `seconds`; a SIGTERM does not break it off:
 * what is left is done at once, and then the worker hangs until it is killed (recording 9 d4).
 */
export async function finish(
  run: MigrationRun,
  mirrored: readonly VolumeToCopy[],
  seconds: number,
): Promise<void> {
  await run.worker.delayingInterrupts(() =>
    run.live ? finishLive(run, mirrored, seconds) : finishOffline(run, seconds),
  );
  if (!run.worker.interrupted.aborted) return;
  run.problem('received interrupt - delayed');
  await run.worker.delayingInterrupts(() => run.worker.sleep(stuckAfterInterruptSeconds));
}

async function finishOffline(run: MigrationRun, seconds: number): Promise<void> {
  moveConfig(run);
  await run.sleepUnlessInterrupted(seconds / 2);
  freeSourceVolumes(run);
  await run.sleepUnlessInterrupted(seconds / 2);
  await unlock(run);
}

async function finishLive(
  run: MigrationRun,
  mirrored: readonly VolumeToCopy[],
  seconds: number,
): Promise<void> {
  const { cluster, guest, source, process } = run;
  const statusBefore: QemuStatus = process?.qemuStatus ?? 'running';
  setQemuStatus(guest, source.name, 'postmigrate', cluster.clock.now());
  await run.sleepUnlessInterrupted(seconds / 8);
  completeMirrors(run, mirrored);
  await run.sleepUnlessInterrupted(seconds / 8);
  try {
    moveConfig(run);
  } catch (error) {
    returnToSource(run, statusBefore);
    throw error;
  }
  await run.untilTargetReachable();
  if (mirrored.length > 0) run.log('stopping NBD storage migration server on target.');
  await run.sleepUnlessInterrupted(seconds / 8);
  await run.untilTargetReachable();
  resume(run, statusBefore);
  await run.sleepUnlessInterrupted(seconds / 8);
  endProcess(guest, source.name, cluster.clock.now());
  await run.sleepUnlessInterrupted(seconds / 8);
  freeSourceVolumes(run);
  await run.sleepUnlessInterrupted((seconds * 3) / 8);
  await unlock(run);
}

/** The configuration could not move: the machine goes on where it was. */
function returnToSource({ cluster, guest, source, target }: MigrationRun, status: QemuStatus): void {
  endProcess(guest, target.name, cluster.clock.now());
  setQemuStatus(guest, source.name, status, cluster.clock.now());
}

function resume(run: MigrationRun, status: QemuStatus): void {
  const { cluster, guest, target } = run;
  if (guest.processes.get(target.name) !== run.incoming) {
    run.problem(`VM ${run.vmid} not running`);
    return;
  }
  setQemuStatus(guest, target.name, status, cluster.clock.now());
}

/** The configuration with its new volume ids goes to the target's folder: it is there at once, and not here any more. */
function moveConfig(run: MigrationRun): void {
  const { guest, target, copied } = run;
  run.requireWritableConfig();
  for (const config of [guest.config, ...[...guest.snapshots.values()].map((snapshot) => snapshot.config)]) {
    for (const [key, value] of config) {
      const copy = copied.find(({ from }) => value === from.volid || value.startsWith(`${from.volid},`));
      if (copy !== undefined) config.set(key, movedDrive(value, copy));
    }
  }
  guest.node = target.name;
}

/** A drive's value with the copy's volume; QEMU's mirrors are stored with their format (recordings d2). */
export function movedDrive(value: string, { from, to, mirrored }: CopiedVolume): string {
  const options = value
    .slice(from.volid.length)
    .split(',')
    .filter((option) => option !== '');
  const kept = options.filter((option) => !mirrored || !option.startsWith('format='));
  if (mirrored) kept.push(`format=${to.format}`);
  if (isGenerated(to.volid) && !kept.some((option) => option.startsWith('size='))) {
    kept.push(`size=${formatSize(to.sizeBytes)}`);
  }
  return [to.volid, ...kept.sort()].join(',');
}

function isGenerated(volid: string): boolean {
  return /vm-\d+-cloudinit/.test(volid);
}

function freeSourceVolumes({ cluster, copied }: MigrationRun): void {
  for (const { from, to } of copied) {
    to.usedBytes = from.usedBytes;
    cluster.volumes.remove(from);
  }
}

/** The target removes the lock from the configuration. */
async function unlock(run: MigrationRun): Promise<void> {
  await run.untilTargetReachable();
  run.guest.config.delete('lock');
}
