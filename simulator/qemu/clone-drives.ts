import { settleBoot } from '../cluster/boot';
import { cloudInitBytes, isCloudInit, type Drive } from '../cluster/drives';
import { isRunning, type GuestState } from '../cluster/guests';
import { storageOf, type VolumeState } from '../cluster/volumes';
import { errorText, fail } from '../http/errors';
import { allocateImage, cloneImage, removeImage } from '../storage/allocate';
import { copyImage } from '../storage/copy-progress';
import { storageOfId } from '../storage/storage-access';
import { isFileStorage, volumePath } from '../storage/volume-names';
import { driveText, readDrive, withSize } from './drive-values';
import { cancelMirrors, mirrorDrive } from './mirror';
import type { Operation } from './operation';

/** What a clone is to be. */
export interface CloneWish {
  readonly newId: number;
  /** False: linked to the base images of a template. */
  readonly full: boolean;
  readonly snapshot: string | undefined;
  readonly storage: string | undefined;
  readonly format: string | undefined;
  readonly target: string | undefined;
}

/** Copies or links the drives one by one; returns them as the clone's configuration has them. What fails is undone. */
export async function cloneDrives(
  operation: Operation,
  guest: GuestState,
  drives: readonly Drive[],
  wish: CloneWish,
): Promise<Map<string, string>> {
  const stored = new Map<string, string>();
  const made: VolumeState[] = [];
  settleBoot(operation.cluster, guest);
  const live = isRunning(guest) && wish.snapshot === undefined;
  try {
    for (const drive of drives) {
      const volume = await newVolume(operation, drive, wish);
      made.push(volume);
      if (!isCloudInit(drive)) volume.inside = sourceOf(operation, drive).inside;
      if (wish.full && !isCloudInit(drive)) await fill(operation, { drive, volume, live });
      const { options } = readDrive(drive.key, guest.config.get(drive.key) ?? '');
      stored.set(drive.key, driveText(withSize({ file: volume.volid, options }, volume.sizeBytes)));
    }
    const mirrored = drives.filter((drive) => !isCloudInit(drive)).map(({ key }) => key);
    if (wish.full && live && mirrored.length > 0) await cancelMirrors(operation, guest, mirrored);
  } catch (error) {
    for (const volume of made)
      await removeImage(operation, volume).catch((later: unknown) => operation.log(errorText(later)));
    throw error;
  }
  return stored;
}

/** The linked clone, or an image that is still empty. */
async function newVolume(operation: Operation, drive: Drive, wish: CloneWish): Promise<VolumeState> {
  const linked = !wish.full && !isCloudInit(drive);
  const source = sourceOf(operation, drive);
  operation.log(`create ${linked ? 'linked' : 'full'} clone of drive ${drive.key} (${drive.file})`);
  if (linked) return cloneImage(operation, source, wish.newId);
  return allocateImage(operation, {
    storage: wish.storage ?? storageOf(drive.file),
    vmid: wish.newId,
    format: formatOfCopy(operation, source, drive, wish),
    sizeBytes: isCloudInit(drive) ? cloudInitBytes : source.sizeBytes,
    usedBytes: source.usedBytes,
    ...(isCloudInit(drive) ? { name: `vm-${wish.newId}-cloudinit` } : {}),
  });
}

/** A copy that is to be filled. */
interface DriveCopy {
  readonly drive: Drive;
  readonly volume: VolumeState;
  /** QEMU copies, as the machine runs. */
  readonly live: boolean;
}

/** Copies the drive's contents. */
async function fill(operation: Operation, { drive, volume, live }: DriveCopy): Promise<void> {
  const source = sourceOf(operation, drive);
  if (operation.cluster.version.major === 9) operation.log(`allocated target volume '${volume.volid}'`);
  if (live) await mirrorDrive(operation, drive.key, source);
  else if (drive.key === 'efidisk0') copyFirmware(operation, source, volume);
  else await copyImage(operation, source, volume);
}

/** The variables of a firmware are copied block by block; fails if the storage has no room (recording f2). */
function copyFirmware(operation: Operation, source: VolumeState, volume: VolumeState): void {
  if (volume.usedBytes >= Math.min(source.usedBytes, volume.sizeBytes)) return;
  operation.log('qemu-img: error while writing to output image file: No space left on device');
  const path = ({ storage, volid }: VolumeState): string =>
    volumePath(storageOfId(operation.cluster, storage), volid);
  const words = `'bs=1048576' 'osize=${source.sizeBytes}' 'if=${path(source)}' 'of=${path(volume)}'`;
  fail(`command 'qemu-img dd -n -f ${source.format} -O ${volume.format} ${words}' failed: exit code 1`);
}

function sourceOf({ cluster, node }: Operation, { file }: Drive): VolumeState {
  return cluster.volumes.find(file, node) ?? fail(`volume '${file}' does not exist`);
}

function formatOfCopy({ cluster }: Operation, source: VolumeState, drive: Drive, wish: CloneWish): string {
  const storage = storageOfId(cluster, wish.storage ?? storageOf(drive.file));
  if (!isFileStorage(storage)) return 'raw';
  return wish.format ?? (isCloudInit(drive) ? 'qcow2' : source.format);
}
