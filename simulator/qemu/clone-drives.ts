import { isCloudInit, type Drive } from '../cluster/drives';
import { isRunning, type GuestState } from '../cluster/guests';
import { storageOf, type VolumeState } from '../cluster/volumes';
import { errorText, fail } from '../http/errors';
import { allocateImage, cloneImage, removeImage } from '../storage/allocate';
import { bytesText, copyImage } from '../storage/copy-progress';
import { storageOfId } from '../storage/storage-access';
import { isFileStorage } from '../storage/volume-names';
import { driveText, readDrive, withSize } from './drive-values';
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
  try {
    for (const drive of drives) {
      const volume = await newVolume(operation, drive, wish);
      made.push(volume);
      if (wish.full && !isCloudInit(drive)) await fill(operation, guest, drive, volume);
      const { options } = readDrive(drive.key, guest.config.get(drive.key) ?? '');
      stored.set(drive.key, driveText(withSize({ file: volume.volid, options }, volume.sizeBytes)));
    }
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

/** Copies the drive's contents. */
async function fill(
  operation: Operation,
  guest: GuestState,
  drive: Drive,
  volume: VolumeState,
): Promise<void> {
  const source = sourceOf(operation, drive);
  if (operation.cluster.version.major === 9) operation.log(`allocated target volume '${volume.volid}'`);
  if (isRunning(guest)) await mirror(operation, drive, source);
  else if (drive.key !== 'efidisk0') await copyImage(operation, source, volume);
}

function sourceOf({ cluster, node }: Operation, { file }: Drive): VolumeState {
  return cluster.volumes.find(file, node) ?? fail(`volume '${file}' does not exist`);
}

/** Size of every cloud-init image. */
const cloudInitBytes = 4 * 1024 ** 2;

function formatOfCopy({ cluster }: Operation, source: VolumeState, drive: Drive, wish: CloneWish): string {
  const storage = storageOfId(cluster, wish.storage ?? storageOf(drive.file));
  if (!isFileStorage(storage)) return 'raw';
  if (isCloudInit(drive)) return 'qcow2';
  return wish.format ?? source.format;
}

/** QEMU copies the drive of a running machine itself (recording b5). */
async function mirror(operation: Operation, { key }: Drive, source: VolumeState): Promise<void> {
  const seconds = source.usedBytes / operation.cluster.network.diskBytesPerSecond;
  operation.log(`drive mirror is starting for drive-${key}`);
  await operation.sleep(seconds);
  const size = bytesText(source.sizeBytes);
  operation.log(`drive-${key}: transferred ${size} of ${size} (100.00%) in ${Math.round(seconds)}s, ready`);
  operation.log("all 'mirror' jobs are ready");
}
