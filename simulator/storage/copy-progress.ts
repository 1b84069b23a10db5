import type { StorageOperation } from './cluster-lock';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** What a copy reads. */
export interface ImageCopy {
  /** The image's size. */
  readonly sizeBytes: number;
  /** What really has to be read and written; holes are skipped. */
  readonly usedBytes: number;
}

/**
 * Copies an image on one node, at the speed of its disks, with the log lines of Proxmox: one a second, the last one twice
 * (recordings b1, e2).
 */
export async function copyWithProgress(operation: StorageOperation, copy: ImageCopy): Promise<void> {
  const { sizeBytes } = copy;
  const seconds = copy.usedBytes / operation.cluster.network.diskBytesPerSecond;
  operation.log(progressText(0, sizeBytes));
  for (let passed = 0; passed < seconds; passed += 1) {
    await operation.sleep(Math.min(seconds - passed, 1));
    const share = Math.min((passed + 1) / seconds, 1);
    if (share < 1) operation.log(progressText(sizeBytes * share, sizeBytes));
  }
  operation.log(progressText(sizeBytes, sizeBytes));
  operation.log(progressText(sizeBytes, sizeBytes));
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
