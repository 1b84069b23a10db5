import type { VolumeState } from '../cluster/volumes';
import { fail } from '../http/errors';
import { nextLook, type ClusterNetwork } from '../network/live';
import type { TaskWorker } from '../tasks/worker';
import type { StorageOperation } from './cluster-lock';
import { storageOfId } from './storage-access';
import { volumePath } from './volume-names';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** What a copy reads. */
export interface ImageCopy {
  /** The image's size. */
  readonly sizeBytes: number;
  /** What really has to be read and written; holes are skipped. */
  readonly usedBytes: number;
  /** Where it is written to: copies there share what the storage carries. Absent: it has its own speed. */
  readonly place?: string;
}

/** What is copied of an image. */
type Part = ImageCopy & { readonly share: number };

/**
 * Copies an image on one node, at the speed of its disks, with the log lines of Proxmox: one a second, the last one twice
 * (recordings b1, e2). `share` is how much of it fits; less than all ends without the last lines.
 */
export async function copyWithProgress(
  operation: StorageOperation,
  copy: ImageCopy,
  share = 1,
): Promise<void> {
  const { sizeBytes } = copy;
  operation.log(progressText(0, sizeBytes));
  const { worker, cluster } = operation;
  if (copy.place === undefined || worker === undefined || cluster.copies === undefined) {
    await copyAlone(operation, { ...copy, share });
  } else {
    await copyTogether(operation, { ...copy, share }, cluster.copies, worker);
  }
  if (share < 1) return;
  operation.log(progressText(sizeBytes, sizeBytes));
  operation.log(progressText(sizeBytes, sizeBytes));
}

async function copyAlone(operation: StorageOperation, { sizeBytes, usedBytes, share }: Part): Promise<void> {
  const seconds = (usedBytes / operation.cluster.network.diskBytesPerSecond) * share;
  for (let passed = 0; passed < seconds; passed += 1) {
    await operation.sleep(Math.min(seconds - passed, 1));
    const done = Math.min((passed + 1) / seconds, 1) * share;
    if (done < share) operation.log(progressText(sizeBytes * done, sizeBytes));
  }
}

/** With all others on its storage, each by its share of what that carries. */
async function copyTogether(
  operation: StorageOperation,
  { sizeBytes, usedBytes, share, place = '' }: Part,
  copies: ClusterNetwork,
  worker: TaskWorker,
): Promise<void> {
  const { network, clock } = operation.cluster;
  const bytes = usedBytes * share;
  const transfer = copies.start({
    ...{ source: worker.upid, target: place, bytes, capBytesPerSecond: network.diskBytesPerSecond },
    ...{ dirtyBytesPerSecond: 0, downtimeLimitSeconds: undefined },
  });
  const forget = worker.whenGone(() => transfer.cancel());
  try {
    while ((await worker.wait(nextLook(clock, transfer, 1))) === undefined) {
      operation.log(progressText((sizeBytes * transfer.transferredBytes()) / usedBytes, sizeBytes));
    }
  } finally {
    forget();
    transfer.cancel();
  }
}

/** How much of a damaged image can be read. */
const damagedShare = 0.5;

/** Copies one image into another that was made for it; fails in the middle if the storage is full then (recording f2). */
export async function copyImage(
  operation: StorageOperation,
  from: VolumeState,
  to: VolumeState,
): Promise<void> {
  const fitting = from.usedBytes === 0 ? 1 : Math.min(to.usedBytes / from.usedBytes, 1);
  const damaged = from.file?.damaged === true;
  const share = Math.min(fitting, damaged ? damagedShare : 1);
  const sizeBytes = to.sizeBytes;
  const place = `${to.storage} ${to.node ?? ''}`;
  await copyWithProgress(operation, { sizeBytes, usedBytes: from.usedBytes, place }, share);
  if (share === 1) return;
  const byte = Math.floor((sizeBytes * damagedShare) / 65_536) * 65_536;
  operation.log(
    damaged
      ? `qemu-img: error while reading at byte ${byte}: Input/output error`
      : 'qemu-img: error while writing at byte 0: No space left on device',
  );
  const path = ({ storage, volid }: VolumeState): string =>
    volumePath(storageOfId(operation.cluster, storage), volid);
  const formats = `-f ${from.format} -O ${to.format}`;
  const command = `/usr/bin/qemu-img convert -p -n ${formats} ${path(from)} zeroinit:${path(to)}`;
  fail(`copy failed: command '${command}' failed: exit code 1`);
}

function progressText(doneBytes: number, sizeBytes: number): string {
  const percent = sizeBytes === 0 ? 100 : (doneBytes / sizeBytes) * 100;
  return `transferred ${bytesText(doneBytes)} of ${bytesText(sizeBytes)} (${percent.toFixed(2)}%)`;
}

/** Bytes as Proxmox's logs write them, e.g. `1.5 GiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit] ?? 'B'}`;
}
