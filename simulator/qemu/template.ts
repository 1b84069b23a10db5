import { drivesOf, isCdrom, isCloudInit } from '../cluster/drives';
import { guestProcess, isTemplate, type GuestState } from '../cluster/guests';
import { storageOf } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { baseVolid } from '../storage/volume-names';
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
      return operation.locked(vmid, () => {
        const guest = convertible(call);
        operation.requireWritable(vmid);
        guest.config.set('template', '1');
        for (const { key } of drivesOf(guest.config)) {
          guest.config.set(key, convertedDrive(operation, key, guest.config.get(key) ?? ''));
        }
        return Promise.resolve();
      });
    },
  });
}

function convertible(call: ApiCall): GuestState {
  const guest = machineOf(call);
  requireUnlocked(guest);
  if (guest.snapshots.size > 0) fail('unable to create template, because VM contains snapshots');
  if (isTemplate(guest)) fail("you can't convert a template to a template");
  if (guestProcess(guest) !== undefined) fail("you can't convert a VM to template if VM is running");
  return guest;
}

/** Storages without base images. */
const withoutTemplates = ['lvm', 'iscsi', 'iscsidirect'];

/** The drive after its volume has become a base image, where its storage can. */
export function convertedDrive({ cluster, node }: Operation, key: string, value: string): string {
  const [drive] = drivesOf(new Map([[key, value]]));
  if (drive === undefined || isCdrom(drive) || isCloudInit(drive) || key.startsWith('unused')) return value;
  const storage = cluster.storages.get(storageOf(drive.file));
  const volume = cluster.volumes.find(drive.file, node);
  if (volume === undefined || storage === undefined || withoutTemplates.includes(storage.type)) return value;
  const base = baseVolid(drive.file);
  cluster.volumes.rename(volume, base);
  return driveText({ ...readDrive(key, value), file: base });
}
