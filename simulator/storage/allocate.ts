import type { StorageState } from '../cluster/storages';
import type { VolumeState } from '../cluster/volumes';
import { fail } from '../http/errors';
import { underStorageLock, type StorageOperation } from './cluster-lock';
import { usableStorage } from './storage-access';
import {
  allocatedBytes,
  freeDiskName,
  imageVolid,
  isFileStorage,
  linkedVolid,
  volumeName,
  volumePath,
} from './volume-names';

/** An image to make. */
export interface ImageRequest {
  readonly storage: string;
  readonly vmid: number;
  readonly format: string;
  readonly sizeBytes: number;
  /** Bare name, e.g. `vm-100-cloudinit`; by default the next free `vm-<vmid>-disk-<n>`. */
  readonly name?: string;
  /** What is written into it, as far as there is room; images are sparse where the storage can. */
  readonly usedBytes?: number;
}

/** How long a storage takes to make or remove an image, in simulated seconds (recordings b2, e2). */
const allocationSeconds = 0.1;

/** Makes an image and logs what the storage's tool says; fails if the storage can't be used on the node. */
export async function allocateImage(
  operation: StorageOperation,
  request: ImageRequest,
): Promise<VolumeState> {
  const storage = usableStorage(operation.cluster, request.storage, operation.node);
  if (!storage.content.includes('images')) {
    fail(`content type 'images' is not available on storage '${storage.id}'`);
  }
  return underStorageLock(operation, storage, async () => {
    const volume = newImage(operation, storage, request);
    operation.log(creationText(storage, volume));
    return made(operation, volume);
  });
}

/** The image is there at once; when its making is broken off it is gone again. */
async function made(operation: StorageOperation, volume: VolumeState): Promise<VolumeState> {
  operation.cluster.volumes.add(volume);
  try {
    await operation.sleep(allocationSeconds);
  } catch (interruption) {
    operation.cluster.volumes.remove(volume);
    throw interruption;
  }
  return volume;
}

/** Makes a linked clone of a base image for another guest. */
export async function cloneImage(
  operation: StorageOperation,
  base: VolumeState,
  vmid: number,
): Promise<VolumeState> {
  const storage = usableStorage(operation.cluster, base.storage, operation.node);
  return underStorageLock(operation, storage, async () => {
    const { storage: id, sizeBytes } = base;
    const format = 'qcow2';
    const plain = newImage(operation, storage, { storage: id, vmid, format, sizeBytes, usedBytes: 200_704 });
    const volume: VolumeState = {
      ...plain,
      volid: linkedVolid(storage, base.volid, plain.volid),
      parent: parentText(storage, base),
    };
    if (isFileStorage(storage)) logFileClone(operation, storage, base, volume);
    else operation.log(creationText(storage, volume));
    return made(operation, volume);
  });
}

/** Removes an image; one that is gone already is none of its business. */
export async function removeImage(operation: StorageOperation, volume: VolumeState): Promise<void> {
  const storage = usableStorage(operation.cluster, volume.storage, operation.node);
  await underStorageLock(operation, storage, async () => {
    if (isBaseInUse(operation, storage, volume)) {
      fail(`base volume '${volumeName(volume.volid)}' is still in use by linked clones`);
    }
    operation.cluster.volumes.remove(volume);
    volume.removeFile?.();
    if (isLogical(storage))
      operation.log(`  Logical volume "${volumeName(volume.volid)}" successfully removed.`);
    await operation.sleep(allocationSeconds / 3);
  });
}

/** True if a linked clone names this base image. On LVM-thin the relation can't be seen (behaviour.md 7.6). */
export function isBaseInUse(
  { cluster, node }: StorageOperation,
  storage: StorageState,
  volume: VolumeState,
): boolean {
  if (storage.type === 'lvmthin') return false;
  return cluster.volumes.onStorage(storage, node).some(({ volid }) => volid.startsWith(`${volume.volid}/`));
}

function newImage(
  { cluster, node }: StorageOperation,
  storage: StorageState,
  request: ImageRequest,
): VolumeState {
  const { vmid, sizeBytes: wantedBytes } = request;
  const format = isFileStorage(storage) ? request.format : 'raw';
  const volid = imageVolid(storage, vmid, request.name ?? freeDiskName(cluster, storage, node, vmid), format);
  if (cluster.volumes.find(volid, node) !== undefined)
    fail(`disk image '${volumePath(storage, volid)}' already exists`);
  const sizeBytes = allocatedBytes(storage, wantedBytes);
  const wantedUse = request.usedBytes ?? (format === 'qcow2' ? 200_704 : 0);
  const availableBytes = cluster.volumes.availableBytes(storage, node);
  return {
    volid,
    storage: storage.id,
    node: storage.shared ? undefined : node,
    vmid,
    format,
    content: 'images',
    sizeBytes,
    usedBytes: storage.type === 'lvm' ? sizeBytes : Math.min(wantedUse, availableBytes),
    createdAt: cluster.clock.epochSeconds(),
    parent: undefined,
    notes: undefined,
  };
}

function creationText(storage: StorageState, volume: VolumeState): string {
  if (isLogical(storage)) return `  Logical volume "${volumeName(volume.volid)}" created.`;
  if (!isFileStorage(storage)) return '';
  const { format, sizeBytes: size } = volume;
  const start = `Formatting '${volumePath(storage, volume.volid)}', fmt=${format}`;
  if (format === 'raw') return `${start} size=${size} preallocation=off`;
  if (format !== 'qcow2') return `${start} size=${size} compat6=off hwversion=undefined`;
  return `${start} cluster_size=65536 extended_l2=off preallocation=metadata compression_type=zlib size=${size} lazy_refcounts=off refcount_bits=16`;
}

function logFileClone(
  operation: StorageOperation,
  storage: StorageState,
  base: VolumeState,
  { volid, vmid, sizeBytes: size }: VolumeState,
): void {
  const own = volid.split('/').at(-1) ?? '';
  const name = volumeName(base.volid);
  operation.log(`clone ${name}: images, ${own}, ${vmid ?? ''} to ${own} (base=../${name})`);
  const clusters =
    operation.cluster.version.major === 9
      ? 'cluster_size=131072 extended_l2=on preallocation=metadata'
      : 'cluster_size=65536 extended_l2=off';
  operation.log(
    `Formatting '${volumePath(storage, volid)}', fmt=qcow2 ${clusters} compression_type=zlib size=${size} backing_file=../${name} backing_fmt=${base.format} lazy_refcounts=off refcount_bits=16`,
  );
}

/** What a list of contents shows as `parent` (recording a1). */
function parentText(storage: StorageState, { volid }: VolumeState): string {
  return isFileStorage(storage) ? `../${volumeName(volid)}` : `${volumeName(volid)}@__base__`;
}

function isLogical({ type }: StorageState): boolean {
  return type === 'lvmthin' || type === 'lvm';
}
