import { storageActive, storageOnNode, storageSpace, type StorageState } from '../cluster/storages';
import type { VolumeState } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';

/** Reading storages: of a node, their space, their volumes. */
export const storageReadEndpoints: EndpointTable = {
  'GET /nodes/{node}/storage': listStorages,
  'GET /nodes/{node}/storage/{storage}/status': readStatus,
  'GET /nodes/{node}/storage/{storage}/content': listContent,
};

function listStorages(call: ApiCall): unknown {
  const { cluster, node, parameters } = call;
  const content = parameters.optionalText('content')?.split(/[,; ]/);
  return [...cluster.storages.values()]
    .filter((storage) => storageOnNode(storage, node.name) && mayRead(call, storage))
    .filter((storage) => content === undefined || content.some((kind) => storage.content.includes(kind)))
    .map((storage) => ({ storage: storage.id, ...statusOf(call, storage) }));
}

function readStatus(call: ApiCall): unknown {
  return statusOf(call, storageOf(call));
}

function listContent(call: ApiCall): unknown {
  const { cluster, node, parameters } = call;
  const storage = storageOf(call);
  const vmid = parameters.optionalInteger('vmid');
  const content = parameters.optionalText('content');
  return cluster.volumes
    .onStorage(storage, node.name)
    .filter((volume) => vmid === undefined || volume.vmid === vmid)
    .filter((volume) => content === undefined || volume.content === content)
    .map(volumeRow);
}

function volumeRow(volume: VolumeState): Record<string, unknown> {
  const isImage = volume.content === 'images' || volume.content === 'rootdir';
  return {
    volid: volume.volid,
    content: volume.content,
    format: volume.format,
    size: volume.sizeBytes,
    ctime: Math.floor(volume.createdAt),
    ...(volume.vmid === undefined ? {} : { vmid: volume.vmid }),
    ...(isImage ? { parent: volume.parent ?? null, used: volume.usedBytes } : {}),
    ...(volume.notes === undefined ? {} : { notes: volume.notes }),
  };
}

function statusOf({ cluster, node }: ApiCall, storage: StorageState): Record<string, unknown> {
  const active = storageActive(storage, node.name);
  const total = active ? storageSpace(storage, node.name).totalBytes : 0;
  const used = active ? cluster.volumes.usedBytes(storage, node.name) : 0;
  return {
    type: storage.type,
    content: storage.content.join(','),
    shared: storage.shared ? 1 : 0,
    enabled: storage.disabled ? 0 : 1,
    active: active ? 1 : 0,
    total,
    used,
    avail: active ? cluster.volumes.availableBytes(storage, node.name) : 0,
    ...(total > 0 ? { used_fraction: used / total } : {}),
  };
}

function storageOf({ cluster, node, parameters }: ApiCall): StorageState {
  const id = parameters.text('storage');
  const storage = cluster.storages.get(id) ?? fail(`storage '${id}' does not exist`);
  if (!storageOnNode(storage, node.name)) fail(`storage '${id}' is not available on node '${node.name}'`);
  return storage;
}

function mayRead(call: ApiCall, storage: StorageState): boolean {
  return call.may(`/storage/${storage.id}`, ['Datastore.Audit', 'Datastore.AllocateSpace']);
}
