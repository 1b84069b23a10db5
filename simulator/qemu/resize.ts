import { guestProcess, type GuestState } from '../cluster/guests';
import { parseSize } from '../cluster/sizes';
import type { StorageState } from '../cluster/storages';
import { storageOf, type VolumeState } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { storageOfId } from '../storage/storage-access';
import { allocatedBytes, isBaseImage, isFileStorage, volumePath } from '../storage/volume-names';
import { configDigest } from './config-file';
import { driveText, isDisc, readDrive, withSize } from './drive-values';
import { machineOf, requireUnlocked } from './machine';
import { Operation } from './operation';

/** Enlarging disks (behaviour.md 5.15). */
export const qemuResizeEndpoints: EndpointTable = { 'PUT /nodes/{node}/qemu/{vmid}/resize': resize };

function resize(call: ApiCall): unknown {
  call.requireRootFor('skiplock');
  const vmid = call.parameters.integer('vmid');
  return call.startTask({
    type: 'resize',
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, async () => {
        const guest = machineOf(call);
        await enlarge(operation, guest, checkedVolume(operation, guest));
      });
    },
  });
}

function checkedVolume({ cluster, node, call }: Operation, guest: GuestState): VolumeState {
  const { parameters } = call;
  const digest = parameters.optionalText('digest');
  if (digest !== undefined && digest !== configDigest(guest)) {
    fail('checksum mismatch (file change by other user?)');
  }
  if (!parameters.flag('skiplock')) requireUnlocked(guest);
  const key = parameters.text('disk');
  const value = guest.config.get(key) ?? fail(`disk '${key}' does not exist`);
  const drive = readDrive(key, value);
  if (isDisc(drive)) fail("you can't resize a cdrom");
  call.requirePrivilege(`/storage/${storageOf(drive.file)}`, ['Datastore.AllocateSpace']);
  return cluster.volumes.find(drive.file, node) ?? fail(`volume '${drive.file}' does not exist`);
}

/** The image grows first, the configuration is written last: without quorum only the first happens (recording e1). */
async function enlarge(operation: Operation, guest: GuestState, volume: VolumeState): Promise<void> {
  const { parameters } = operation.call;
  const [, plus, text = ''] = /^(\+?)(.*)$/.exec(parameters.text('size')) ?? [];
  const wanted = (plus === '+' ? volume.sizeBytes : 0) + (parseSize(text) ?? 0);
  if (wanted < volume.sizeBytes) fail('shrinking disks is not supported');
  if (wanted === volume.sizeBytes) return;
  const storage = storageOfId(operation.cluster, volume.storage);
  if (isFileStorage(storage) && isBaseImage(volume.volid))
    refuseBaseImage(operation, storage, volume, wanted);
  volume.sizeBytes = allocatedBytes(storage, wanted);
  await operation.sleep(resizeSeconds);
  if (isFileStorage(storage) && guestProcess(guest) === undefined) operation.log('Image resized.');
  operation.requireWritable(guest.vmid);
  const key = parameters.text('disk');
  guest.config.set(key, driveText(withSize(readDrive(key, guest.config.get(key) ?? ''), volume.sizeBytes)));
}

/** The files of base images can't be written (recording b5). */
function refuseBaseImage(
  operation: Operation,
  storage: StorageState,
  { volid, format }: VolumeState,
  sizeBytes: number,
): never {
  const path = volumePath(storage, volid);
  const complaint = `Could not open '${path}'`;
  operation.log(`qemu-img: ${complaint}: ${complaint}: Operation not permitted`);
  fail(`command '/usr/bin/qemu-img resize -f ${format} ${path} ${sizeBytes}' failed: exit code 1`);
}

/** How long a storage takes. */
const resizeSeconds = 0.1;
