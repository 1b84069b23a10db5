import type { StorageState } from '../cluster/storages';
import type { VolumeState } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail, NotSimulated, parameterError } from '../http/errors';
import { allocateImage, removeImage } from './allocate';
import { callOperation } from './call-operation';
import { usableStorage } from './storage-access';
import { isFileStorage, ownerOfName, volumeName, volumePath } from './volume-names';

/** Single volumes of storages (behaviour.md 7.4, 7.8). */
export const storageContentEndpoints: EndpointTable = {
  'POST /nodes/{node}/storage/{storage}/content': allocate,
  'GET /nodes/{node}/storage/{storage}/content/{volume}': readVolume,
  'PUT /nodes/{node}/storage/{storage}/content/{volume}': noteVolume,
  'DELETE /nodes/{node}/storage/{storage}/content/{volume}': deleteVolume,
};

const kibibyte = 1024;

/** Makes a disk that no configuration names. */
async function allocate(call: ApiCall): Promise<string> {
  const { cluster, node, parameters } = call;
  const vmid = parameters.integer('vmid');
  const name = parameters.text('filename');
  const storage = usableStorage(cluster, parameters.text('storage'), node.name);
  const [, plain = name, extension] = /^(.*?)(?:\.(raw|qcow2|vmdk))?$/.exec(name) ?? [];
  if (ownerOfName(plain) !== vmid)
    parameterError({ filename: `illegal name '${name}' - should be 'vm-${vmid}-*'` });
  const volume = await allocateImage(callOperation(call), {
    storage: storage.id,
    vmid,
    format: parameters.optionalText('format') ?? extension ?? 'raw',
    sizeBytes: sizeOf(parameters.text('size')),
    name: plain,
  });
  return volume.volid;
}

/** `10G`, `512M`, or a bare number of KiB. */
function sizeOf(text: string): number {
  const [, number = '0', unit = ''] = /^(\d+)([MG]?)$/.exec(text) ?? [];
  return Number(number) * ({ M: kibibyte ** 2, G: kibibyte ** 3 }[unit] ?? kibibyte);
}

function readVolume(call: ApiCall): unknown {
  const { storage, volid } = volumeIdOf(call);
  const volume = existing(call, volid);
  return {
    path: volumePath(storage, volid),
    ...(volume.content === 'iso' ? rawFileSizes(volume) : { size: volume.sizeBytes, used: volume.usedBytes }),
    format: volume.content === 'iso' ? 'raw' : volume.format,
    ...(volume.notes === undefined ? {} : { notes: volume.notes }),
  };
}

/** A file read as a raw image: whole sectors, and whole blocks on disk (recording f1). */
function rawFileSizes({ sizeBytes, usedBytes }: VolumeState): {
  readonly size: number;
  readonly used: number;
} {
  const upTo = (unit: number, bytes: number): number => Math.ceil(bytes / unit) * unit;
  return { size: upTo(512, sizeBytes), used: upTo(4096, usedBytes) };
}

function noteVolume(call: ApiCall): void {
  if (call.parameters.has('protected')) throw new NotSimulated(call.endpoint);
  const { storage, volid } = volumeIdOf(call);
  call.requirePrivilege(`/storage/${storage.id}`, ['Datastore.Allocate']);
  existing(call, volid).notes = call.parameters.optionalText('notes');
}

/** Nobody asks whether a guest uses it (observed: Storage). */
function deleteVolume(call: ApiCall): unknown {
  const { storage, volid } = volumeIdOf(call);
  call.requirePrivilege(`/storage/${storage.id}`, ['Datastore.Allocate']);
  const owner = ownerOfName(volumeName(volid));
  return call.startTask({
    type: 'imgdel',
    id: owner === undefined ? storage.id : `${owner}@${storage.id}`,
    run: async (worker) => {
      const volume = call.cluster.volumes.find(volid, call.node.name);
      if (volume !== undefined) await removeImage(callOperation(call, worker), volume);
      else if (isFileStorage(storage))
        worker.log(`disk image '${volumePath(storage, volid)}' does not exist`);
      worker.log(`Removed volume '${volid}'`);
    },
  });
}

function volumeIdOf(call: ApiCall): { readonly storage: StorageState; readonly volid: string } {
  const { cluster, node, parameters } = call;
  const storage = usableStorage(cluster, parameters.text('storage'), node.name);
  const volume = parameters.text('volume');
  const volid = volume.includes(':') ? volume : `${storage.id}:${volume}`;
  if (!volid.startsWith(`${storage.id}:`)) parameterError({ storage: 'storage ID mismatch' });
  return { storage, volid };
}

function existing({ cluster, node }: ApiCall, volid: string): VolumeState {
  return cluster.volumes.find(volid, node.name) ?? fail(`volume '${volid}' does not exist`);
}
