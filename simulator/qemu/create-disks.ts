import { plainInside } from '../cluster/boot';
import { storageOf, type VolumeState } from '../cluster/volumes';
import { errorText, fail } from '../http/errors';
import { allocateImage, removeImage } from '../storage/allocate';
import { copyImage, copyWithProgress } from '../storage/copy-progress';
import { importSource } from '../storage/import-metadata';
import { storageOfId, usableStorage } from '../storage/storage-access';
import { isFileStorage, volumePath } from '../storage/volume-names';
import {
  driveText,
  newCloudInitOf,
  newDiskOf,
  readDrive,
  withOptions,
  withSize,
  type DriveValue,
} from './drive-values';
import type { Operation } from './operation';

const kibibyte = 1024;
const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** Drives to make or attach. */
export interface DiskRequest {
  readonly vmid: number;
  /** Key to value; keys that are no drives are passed over. */
  readonly drives: ReadonlyMap<string, string>;
  /** Takes bare sizes. */
  readonly defaultStorage?: string | undefined;
  /** The configuration so far: it may have a cloud-init drive already, or the volume at that key. */
  readonly config: ReadonlyMap<string, string>;
}

/**
 * Makes the images that the drives ask for, in the order of their keys, and looks for the ones that they name; returns the
 * drives as they are stored. If one fails those made before are removed again.
 */
export async function createDisks(operation: Operation, request: DiskRequest): Promise<Map<string, string>> {
  const stored = new Map<string, string>();
  const made: VolumeState[] = [];
  try {
    for (const [key, value] of [...request.drives].sort(([one], [other]) => (one < other ? -1 : 1))) {
      stored.set(key, await createDisk(operation, request, key, value, made));
    }
  } catch (error) {
    for (const volume of made) await removeAfterFailure(operation, volume);
    throw error;
  }
  return stored;
}

async function removeAfterFailure(operation: Operation, volume: VolumeState): Promise<void> {
  try {
    await removeImage(operation, volume);
  } catch (error) {
    operation.log(errorText(error));
  }
}

async function createDisk(
  operation: Operation,
  request: DiskRequest,
  key: string,
  value: string,
  made: VolumeState[],
): Promise<string> {
  const drive = readDrive(key, value);
  if (['none', 'cdrom'].includes(drive.file)) return driveText(withOptions(drive, { size: undefined }));
  const volume = await newVolume(operation, request, key, drive, made);
  if (volume === undefined) return existingVolume(operation, request, key, drive);
  const plain = withOptions(
    { ...drive, file: volume.volid },
    { format: undefined, 'import-from': undefined },
  );
  const isCloudInit = newCloudInitOf(drive) !== undefined;
  const text = driveText(
    isCloudInit ? withOptions(plain, { media: 'cdrom' }) : withSize(plain, volume.sizeBytes),
  );
  operation.log(`${key}: successfully created disk '${text}'`);
  return text;
}

async function newVolume(
  operation: Operation,
  request: DiskRequest,
  key: string,
  drive: DriveValue,
  made: VolumeState[],
): Promise<VolumeState | undefined> {
  const { vmid, defaultStorage } = request;
  const cloudInit = newCloudInitOf(drive);
  const disk = newDiskOf(drive);
  const id = cloudInit?.storage ?? disk?.storage ?? defaultStorage;
  if (cloudInit === undefined && disk === undefined) return undefined;
  const storage = usableStorage(operation.cluster, id ?? '', operation.node);
  const format = drive.options.get('format');
  const allocate = async (
    sizeBytes: number,
    more: { name?: string; usedBytes?: number; format?: string } = {},
  ) => {
    const image = { storage: storage.id, vmid, format: format ?? 'raw', sizeBytes, ...more };
    const volume = await allocateImage(operation, image);
    made.push(volume);
    return volume;
  };
  if (cloudInit !== undefined) {
    refuseSecondCloudInit(request, key);
    const cloudInitFormat = format ?? (isFileStorage(storage) ? 'qcow2' : 'raw');
    return allocate(4 * mebibyte, {
      name: `vm-${vmid}-cloudinit`,
      usedBytes: 266_240,
      format: cloudInitFormat,
    });
  }
  const source = drive.options.get('import-from');
  if (source !== undefined) return importedVolume(operation, source, allocate);
  if (key === 'efidisk0') return firmwareVolume(operation, drive, allocate);
  return allocate(key === 'tpmstate0' ? 4 * mebibyte : Math.round((disk?.gibibytes ?? 0) * gibibyte));
}

type Allocate = (sizeBytes: number, more?: { usedBytes?: number }) => Promise<VolumeState>;

/** The size that is asked for is ignored: the image is a copy of the firmware's template (behaviour.md 5.3). */
async function firmwareVolume(
  operation: Operation,
  drive: DriveValue,
  allocate: Allocate,
): Promise<VolumeState> {
  const sizeBytes = (drive.options.get('efitype') === '4m' ? 528 : 128) * kibibyte;
  const volume = await allocate(sizeBytes, { usedBytes: 856_064 });
  await copyWithProgress(operation, { sizeBytes, usedBytes: sizeBytes });
  return volume;
}

async function importedVolume(
  operation: Operation,
  source: string,
  allocate: Allocate,
): Promise<VolumeState> {
  const { cluster, node } = operation;
  const from = importSource(cluster, source, node);
  if (from === undefined) {
    const storage = storageOfId(cluster, storageOf(source));
    fail(`failed to stat '${volumePath(storage, source)}'`);
  }
  operation.log(`create full clone of drive (${source})`);
  const sizeBytes = from.virtualSizeBytes ?? from.sizeBytes;
  const volume = await allocate(sizeBytes, { usedBytes: from.usedBytes });
  if (cluster.version.major === 9) operation.log(`allocated target volume '${volume.volid}'`);
  await copyImage(operation, from, volume);
  volume.inside = from.inside ?? plainInside;
  return volume;
}

function refuseSecondCloudInit({ config, drives }: DiskRequest, key: string): void {
  for (const [other, value] of [...config, ...drives]) {
    const isOther = other !== key && /^(ide|sata|scsi|virtio)\d+$/.test(other);
    if (isOther && /(vm-\d+-|:)cloudinit/.test(value)) {
      fail(`${key} - cloud-init drive is already attached at '${other}'`);
    }
  }
}

/** The volume must be there; its size is looked up when it is new to the machine. */
function existingVolume(
  { cluster, node }: Operation,
  { config }: DiskRequest,
  key: string,
  drive: DriveValue,
): string {
  if (drive.file.startsWith('/')) return driveText(drive);
  const current = config.get(key);
  if (current !== undefined && readDrive(key, current).file === drive.file) return driveText(drive);
  usableStorage(cluster, storageOf(drive.file), node);
  const volume = cluster.volumes.find(drive.file, node) ?? fail(`volume '${drive.file}' does not exist`);
  return driveText(withSize(drive, volume.sizeBytes));
}
