import { errorText, fail } from '../http/errors';
import { carry, requireIncomingProcess, requireSourceProcess } from './carry';
import type { CopiedVolume, MigrationRun } from './run';
import type { VolumeToCopy } from './scan';
import { renderBytes, renderSeconds } from './text';

/** QEMU mirrors the disks one after another, only what is in use of them, and then keeps them in step (recordings d2, 9 d4). */
export async function mirrorDisks(run: MigrationRun, disks: readonly VolumeToCopy[]): Promise<void> {
  if (disks.length === 0) return;
  const { vmid } = run;
  run.log('starting storage migration');
  for (const disk of disks) {
    const key = driveOf(disk);
    const socket = `/run/qemu-server/${vmid}_nbd.migrate`;
    run.log(`${key}: start migration to nbd:unix:${socket}:exportname=drive-${key}`);
    await mirrorDisk(run, disk).catch((error: unknown) => brokenOff(run, error));
  }
  run.log('switching mirror jobs to actively synced mode');
  for (const disk of disks) {
    run.worker.log(`${jobOf(run, disk)}: switching to actively synced mode`);
    run.worker.log(`${jobOf(run, disk)}: successfully switched to actively synced mode`);
  }
}

/** A SIGTERM to the worker cancels the jobs that QEMU has (recording 9 t1); what else fails is told as it is. */
function brokenOff(run: MigrationRun, error: unknown): never {
  if (!run.worker.interrupted.aborted) throw error;
  const jobs = [...(run.process?.mirrorJobs ?? [])].map((key) => jobName(run, key));
  for (const job of jobs) run.worker.log(`${job}: Cancelling block job`);
  if (run.cluster.version.major === 9) {
    for (const job of jobs) run.worker.log(`WARN: ${job}: Input/output error (io-status: ok)`);
  }
  for (const job of jobs) run.worker.log(`${job}: Done.`);
  return fail(`block job (mirror) error: ${errorText(error)}`);
}

/** The jobs are completed when the guest's memory has arrived. */
export function completeMirrors(run: MigrationRun, disks: readonly VolumeToCopy[]): void {
  if (disks.length === 0) return;
  run.worker.log("all 'mirror' jobs are ready");
  for (const disk of disks) {
    const job = jobOf(run, disk);
    run.worker.log(`${job}: Completing block job...`);
    run.worker.log(`${job}: Completed successfully.`);
    run.worker.log(`${job}: mirror-job finished`);
    run.process?.mirrorJobs.delete(driveOf(disk));
  }
}

async function mirrorDisk(run: MigrationRun, disk: VolumeToCopy): Promise<void> {
  const { cluster, worker, source, target, options } = run;
  const [key, job, bytes] = [driveOf(disk), jobOf(run, disk), disk.volume.sizeBytes];
  const limit = options.bandwidthLimitBytesPerSecond;
  worker.log(`drive mirror is starting for drive-${key}${limitText(run)}`);
  beginJob(run, key);
  const toCarry = disk.volume.usedBytes;
  const room = roomFor(run.copied.find(({ from }) => from === disk.volume));
  const line = (carried: number, seconds: number): string => {
    const done = (carried / Math.max(toCarry, 1)) * bytes;
    const percent = ((done / Math.max(bytes, 1)) * 100).toFixed(2);
    return `${job}: transferred ${renderBytes(done)} of ${renderBytes(bytes)} (${percent}%) in ${renderSeconds(seconds)}`;
  };
  const startedAt = cluster.clock.now();
  if (toCarry > firstLook(run)) worker.log(line(firstLook(run), 0));
  const end = await carry(run, {
    spec: {
      source: source.name,
      target: target.name,
      bytes: Math.min(toCarry, room),
      capBytesPerSecond: Math.min(cluster.network.diskBytesPerSecond, limit ?? Infinity),
      dirtyBytesPerSecond: 0,
      downtimeLimitSeconds: undefined,
    },
    everySeconds: 1,
    look: (transfer, elapsed) => {
      requireJob(run, job);
      worker.log(line(Math.min(transfer.transferredBytes(), toCarry), elapsed));
    },
  });
  requireJob(run, job);
  if (room < toCarry) cancelled(job);
  worker.log(`${line(toCarry, end.at - startedAt)}, ready`);
  worker.log("all 'mirror' jobs are ready");
}

/** A job that a killed migration left in QEMU makes the next one fail (observed: Migration). */
function beginJob(run: MigrationRun, key: string): void {
  if (run.process?.mirrorJobs.has(key) === true) {
    fail(`mirroring error: VM ${run.vmid} qmp command 'drive-mirror' failed - Need a root block node`);
  }
  run.process?.mirrorJobs.add(key);
}

function requireJob(run: MigrationRun, job: string): void {
  requireSourceProcess(run, 'query-block-jobs');
  requireIncomingProcess(run, cancelledText(job));
}

function cancelled(job: string): never {
  return fail(cancelledText(job));
}

function cancelledText(job: string): string {
  return `block job (mirror) error: ${job}: 'mirror' has been cancelled`;
}

/** What the first look, right after the start, finds carried. */
function firstLook({ options }: MigrationRun): number {
  return Math.min(options.bandwidthLimitBytesPerSecond ?? Infinity, 16 * 1024 ** 2);
}

/** Bytes that go into the target's storage before it is full. */
function roomFor(copy: CopiedVolume | undefined): number {
  if (copy === undefined || copy.to.usedBytes >= copy.from.usedBytes) return Infinity;
  return copy.to.usedBytes;
}

function driveOf({ local }: VolumeToCopy): string {
  return local.driveKey ?? '';
}

function jobOf(run: MigrationRun, disk: VolumeToCopy): string {
  return jobName(run, driveOf(disk));
}

/** 9 calls the jobs mirror-<drive>, 8.4 drive-<drive> (recordings d2, 9 d3). */
function jobName({ cluster }: MigrationRun, driveKey: string): string {
  return `${cluster.version.major === 9 ? 'mirror' : 'drive'}-${driveKey}`;
}

function limitText({ cluster, options }: MigrationRun): string {
  const limit = options.bandwidthLimitBytesPerSecond;
  if (limit === undefined) return '';
  return ` with bandwidth limit: ${Math.round(limit / 1024)} ${cluster.version.major === 9 ? 'KiB' : 'KB'}/s`;
}
