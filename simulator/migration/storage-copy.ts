import { storageOf, type VolumeState } from '../cluster/volumes';
import type { StorageState } from '../cluster/storages';
import { fail } from '../http/errors';
import { formatSize } from '../cluster/sizes';
import { isFileStorage, volumeName, volumePath } from '../storage/volume-names';
import { carry } from './carry';
import type { MigrationRun } from './run';
import type { VolumeToCopy } from './scan';
import { renderDdBytes, renderDdRate } from './text';
import { allocateTargetVolume } from './target-volume';

/** dd tells its progress every three seconds. */
const progressSeconds = 3;
/** Blocks of the sending and of the receiving dd, in bytes. */
const sendingBlock = 4096;
const receivingBlock = 65_536;
/** What is smaller is sent before the other side has made its file. */
const sentAtOnceBytes = 1024 ** 2;
/** What is not larger is imported before the other side has told its figures. */
const importedAtOnceBytes = 4 * 1024 ** 2;

/** Copies volumes one after another, each by a pipe between the storages (behaviour.md 8.4). */
export async function copyByStorage(run: MigrationRun, copies: readonly VolumeToCopy[]): Promise<void> {
  for (const { local, volume } of copies) {
    if (local.cloudInit && local.sizeBytes === undefined && local.driveKey !== undefined) {
      const size = formatSize(volume.sizeBytes);
      run.log(`drive '${local.driveKey}': size of disk '${volume.volid}' updated from 0T to ${size}`);
    }
  }
  if (copies.length > 0) run.log('copying local disk images');
  for (const { volume } of copies) await copyVolume(run, volume);
}

async function copyVolume(run: MigrationRun, from: VolumeState): Promise<void> {
  const { cluster, vmid, target } = run;
  const storage = targetStorageOf(run, from);
  await run.untilTargetReachable();
  const to = allocateTargetVolume(cluster, { from, vmid, storage, node: target.name, keepName: true });
  run.copied.push({ from, to, mirrored: false });
  const small = from.sizeBytes < sentAtOnceBytes;
  if (small) logDd(run, from.sizeBytes, sendingBlock, 0.01);
  for (const line of creationLines(storage, to)) run.log(line);
  const seconds = await transfer(run, from, to);
  const imported = `successfully imported '${to.volid}'`;
  if (!small) logDd(run, from.sizeBytes, sendingBlock, seconds);
  if (from.sizeBytes <= importedAtOnceBytes && !small) {
    run.log(imported);
    logDd(run, from.sizeBytes, receivingBlock, seconds);
  } else {
    logDd(run, from.sizeBytes, receivingBlock, seconds);
    run.log(imported);
  }
  run.log(`volume '${from.volid}' is '${to.volid}' on the target`);
}

/** The storage that takes a volume on the target. */
export function targetStorageOf({ cluster, options }: MigrationRun, volume: VolumeState): StorageState {
  const id = options.targetStorage.storageFor(storageOf(volume.volid));
  return cluster.storages.get(id) ?? fail(`storage '${id}' does not exist`);
}

async function transfer(run: MigrationRun, from: VolumeState, to: VolumeState): Promise<number> {
  const { cluster, source, target, options } = run;
  const startedAt = cluster.clock.now();
  const fits = to.usedBytes >= from.usedBytes;
  const end = await carry(run, {
    spec: {
      source: source.name,
      target: target.name,
      bytes: fits ? from.sizeBytes : to.usedBytes,
      capBytesPerSecond: Math.min(
        cluster.network.diskBytesPerSecond,
        options.bandwidthLimitBytesPerSecond ?? Infinity,
      ),
      dirtyBytesPerSecond: 0,
      downtimeLimitSeconds: undefined,
    },
    everySeconds: progressSeconds,
    look: (running, elapsed) => run.log(ddLine(Math.round(running.transferredBytes()), elapsed)),
  });
  if (!fits) failForSpace(run, from, to);
  return end.at - startedAt;
}

function failForSpace(run: MigrationRun, from: VolumeState, to: VolumeState): never {
  run.log(`dd: error writing '${volumeName(to.volid)}': No space left on device`);
  return fail(
    `storage migration for '${from.volid}' to storage '${to.storage}' failed - command 'set -o pipefail && pvesm export ${from.volid} - | /usr/bin/ssh root@${run.target.ip} -- pvesm import ${to.volid} -' failed: exit code 1`,
  );
}

/** What making the volume prints. */
export function creationLines(storage: StorageState, volume: VolumeState): string[] {
  if (!isFileStorage(storage)) return [`  Logical volume "${volumeName(volume.volid)}" created.`];
  const path = `Formatting '${volumePath(storage, volume.volid)}', fmt=${volume.format}`;
  if (volume.format !== 'qcow2') return [`${path} size=${volume.sizeBytes} preallocation=off`];
  const tail = 'lazy_refcounts=off refcount_bits=16';
  return [
    `${path} cluster_size=65536 extended_l2=off preallocation=metadata compression_type=zlib size=${volume.sizeBytes} ${tail}`,
  ];
}

function logDd(run: MigrationRun, bytes: number, block: number, seconds: number): void {
  const [whole, rest] = [Math.floor(bytes / block), bytes % block === 0 ? 0 : 1];
  run.log(`${whole}+${rest} records in`);
  run.log(`${whole}+${rest} records out`);
  run.log(ddLine(bytes, seconds));
}

function ddLine(bytes: number, seconds: number): string {
  const shown = Number.isInteger(seconds) ? String(seconds) : String(Number(seconds.toPrecision(6)));
  return `${renderDdBytes(bytes)} copied, ${shown} s, ${renderDdRate(bytes / Math.max(seconds, 0.001))}`;
}
