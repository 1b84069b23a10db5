import { isRunning, type GuestState } from '../cluster/guests';
import type { VolumeState } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { errorText, fail, parameterError } from '../http/errors';
import { allocateImage, removeImage } from '../storage/allocate';
import { copyImage } from '../storage/copy-progress';
import { storageOfId } from '../storage/storage-access';
import { isFileStorage } from '../storage/volume-names';
import { configDigest } from './config-file';
import { driveText, isDisc, readDrive, withOptions, withSize } from './drive-values';
import { machineOf, requireUnlocked } from './machine';
import { completeMirror, mirrorDrive } from './mirror';
import { Operation } from './operation';
import { reassignDisk } from './reassign-disk';
import { destroyVolume, keepAsUnused } from './unused-drives';

/** Moving disks to other storages, or to other machines (behaviour.md 5.15). */
export const qemuMoveEndpoints: EndpointTable = { 'POST /nodes/{node}/qemu/{vmid}/move_disk': moveDisk };

/** A move to another storage. */
interface Move {
  readonly key: string;
  readonly storage: string;
  readonly format: string;
  readonly deleteSource: boolean;
}

function moveDisk(call: ApiCall): unknown {
  const { parameters } = call;
  const storage = parameters.optionalText('storage');
  const target = parameters.optionalInteger('target-vmid');
  if (storage !== undefined && target !== undefined) {
    const text = "either set 'storage' or 'target-vmid', but not both";
    parameterError({ storage: text, 'target-vmid': text });
  }
  if (target !== undefined) return reassignDisk(call, target);
  if (storage === undefined) {
    const text = "both 'storage' and 'target-vmid' missing, either needs to be set";
    return parameterError({ storage: text, 'target-vmid': text });
  }
  const guest = machineOf(call);
  requireUnlocked(guest);
  const move = checkedMove(call, guest, storage);
  return call.startTask({
    type: 'qmmove',
    id: String(guest.vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(guest.vmid, () => carryOut(operation, machineOf(call), move));
    },
  });
}

function checkedMove(call: ApiCall, guest: GuestState, id: string): Move {
  const { parameters, cluster } = call;
  call.requirePrivilege(`/storage/${id}`, ['Datastore.AllocateSpace']);
  const digest = parameters.optionalText('digest');
  if (digest !== undefined && digest !== configDigest(guest)) {
    fail('detected modified configuration - file changed by other user? Try again.');
  }
  const key = parameters.text('disk');
  const drive = readDrive(key, guest.config.get(key) ?? fail(`disk '${key}' does not exist`));
  if (isDisc(drive) && !drive.file.includes('cloudinit')) fail("you can't move a cdrom");
  const source = cluster.volumes.find(drive.file, call.node.name) ?? fail(`disk '${key}' has no volume`);
  const wanted = parameters.optionalText('format');
  if (source.storage === id && (wanted === undefined || wanted === source.format)) {
    fail("you can't move to the same storage with same format");
  }
  const storage = storageOfId(cluster, id);
  if (storage.disabled) fail(`storage '${id}' is disabled`);
  if (!storage.content.includes('images')) {
    parameterError({ storage: `storage '${id}' does not support vm images` });
  }
  const deleteSource = parameters.flag('delete');
  if (deleteSource && isInSnapshot(guest, drive.file)) {
    fail("you can't move a disk with snapshots and delete the source");
  }
  return {
    key,
    storage: id,
    format: isFileStorage(storage) ? (wanted ?? source.format) : 'raw',
    deleteSource,
  };
}

function isInSnapshot(guest: GuestState, volid: string): boolean {
  return [...guest.snapshots.values()].some(({ config }) =>
    [...config].some(([key, value]) => readDrive(key, value).file === volid),
  );
}

async function carryOut(operation: Operation, guest: GuestState, move: Move): Promise<void> {
  const { cluster, node } = operation;
  const { key } = move;
  const drive = readDrive(key, guest.config.get(key) ?? '');
  const source = cluster.volumes.find(drive.file, node) ?? fail(`volume '${drive.file}' does not exist`);
  if (cluster.version.major === 9) {
    const places = `from current storage '${source.storage}' to target storage '${move.storage}'`;
    operation.log(`copying volume '${source.volid}' ${places}`);
  }
  const copy = await copied(operation, guest, source, move);
  operation.requireWritable(guest.vmid);
  const moved = withOptions({ ...drive, file: copy.volid }, { format: undefined });
  guest.config.set(key, driveText(withSize(moved, copy.sizeBytes)));
  await leaveSource(operation, guest, source, move);
}

/** The filled copy; fails with "storage migration failed: ..." after removing what there is of it. */
async function copied(
  operation: Operation,
  guest: GuestState,
  source: VolumeState,
  { key, storage, format }: Move,
): Promise<VolumeState> {
  let copy: VolumeState | undefined;
  try {
    operation.log(`create full clone of drive ${key} (${source.volid})`);
    const { sizeBytes, usedBytes } = source;
    copy = await allocateImage(operation, { storage, vmid: guest.vmid, format, sizeBytes, usedBytes });
    if (operation.cluster.version.major === 9) operation.log(`allocated target volume '${copy.volid}'`);
    if (isRunning(guest)) {
      await mirrorDrive(operation, key, source);
      completeMirror(operation, key);
    } else {
      await copyImage(operation, source, copy);
    }
    copy.inside = source.inside;
    return copy;
  } catch (error) {
    if (copy !== undefined)
      await removeImage(operation, copy).catch((later: unknown) => operation.log(errorText(later)));
    return fail(`storage migration failed: ${errorText(error)}`);
  }
}

async function leaveSource(
  operation: Operation,
  guest: GuestState,
  source: VolumeState,
  { deleteSource }: Move,
): Promise<void> {
  const is9 = operation.cluster.version.major === 9;
  if (deleteSource) {
    if (is9) operation.log(`removing source volume '${source.volid}' after successful copy`);
    await destroyVolume(operation, source);
    return;
  }
  const key = keepAsUnused(guest, source.volid);
  if (is9) operation.log(`adding source volume '${source.volid}' as '${key}' to config`);
}
