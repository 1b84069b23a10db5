import { drivesOf, isCdrom, isCloudInit } from '../cluster/drives';
import { guestProcess, isTemplate, type GuestState } from '../cluster/guests';
import { storageOf } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { baseVolid, isBaseImage } from '../storage/volume-names';
import { driveText, readDrive } from './drive-values';
import { machineOf, requireUnlocked } from './machine';
import { Operation } from './operation';

/** Converting to a template (behaviour.md 5.14). */
export const qemuTemplateEndpoints: EndpointTable = {
  'POST /nodes/{node}/qemu/{vmid}/template': convert,
};

function convert(call: ApiCall): unknown {
  const { vmid } = convertible(call);
  return call.startTask({
    type: 'qmtemplate',
    id: String(vmid),
    run: (worker) => {
      const operation = new Operation(call, worker);
      return operation.locked(vmid, () => makeTemplate(operation, convertible(call)));
    },
  });
}

/** First the mark, then disk by disk: who is killed in between leaves a template without all of its base images. */
async function makeTemplate(operation: Operation, guest: GuestState): Promise<void> {
  const { cluster, call } = operation;
  operation.requireWritable(guest.vmid);
  guest.config.set('template', '1');
  const only = call.parameters.optionalText('disk');
  for (const { key } of drivesOf(guest.config)) {
    if (only !== undefined && key !== only) continue;
    const value = guest.config.get(key) ?? '';
    if (!becomesBase(operation, key, value)) continue;
    await operation.sleep(cluster.timings.templateDiskSeconds);
    operation.requireWritable(guest.vmid);
    guest.config.set(key, convertedDrive(operation, key, value));
  }
}

/** A template can be converted again only disk by disk, with `disk`. */
function convertible(call: ApiCall): GuestState {
  const guest = machineOf(call);
  requireUnlocked(guest);
  if (guest.snapshots.size > 0) fail('unable to create template, because VM contains snapshots');
  if (isTemplate(guest) && !call.parameters.has('disk')) fail("you can't convert a template to a template");
  if (guestProcess(guest) !== undefined) fail("you can't convert a VM to template if VM is running");
  return guest;
}

/** Storages without base images. */
const withoutTemplates = ['lvm', 'iscsi', 'iscsidirect'];

/** The drive after its volume has become a base image, where its storage can. */
export function convertedDrive(operation: Operation, key: string, value: string): string {
  if (!becomesBase(operation, key, value)) return value;
  const { cluster, node } = operation;
  const { file, options } = readDrive(key, value);
  const volume = cluster.volumes.find(file, node) ?? fail(`volume '${file}' does not exist`);
  const base = baseVolid(file);
  cluster.volumes.rename(volume, base);
  return driveText({ options, file: base });
}

/** True for a disk that is no base image yet, on a storage that has them. */
function becomesBase({ cluster, node }: Operation, key: string, value: string): boolean {
  const [drive] = drivesOf(new Map([[key, value]]));
  if (drive === undefined || isCdrom(drive) || isCloudInit(drive) || key.startsWith('unused')) return false;
  const storage = cluster.storages.get(storageOf(drive.file));
  const volume = cluster.volumes.find(drive.file, node);
  if (volume === undefined || storage === undefined || withoutTemplates.includes(storage.type)) return false;
  return !isBaseImage(drive.file);
}
