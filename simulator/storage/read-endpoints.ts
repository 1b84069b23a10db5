import { storageActive, storageOnNode, storageSpace, type StorageState } from '../cluster/storages';
import type { VolumeState } from '../cluster/volumes';
import type { ApiCall, EndpointTable } from '../http/call';
import { parameterError } from '../http/errors';
import { splitList } from '../http/parameters';
import { maySeeVolume, usableStorage } from './storage-access';
import { isFileStorage } from './volume-names';

/** Reading storages: of a node, their space, their volumes (behaviour.md 7.2, 7.3). */
export const storageReadEndpoints: EndpointTable = {
  'GET /nodes/{node}/storage': listStorages,
  'GET /nodes/{node}/storage/{storage}': () => storageParts.map((subdir) => ({ subdir })),
  'GET /nodes/{node}/storage/{storage}/status': readStatus,
  'GET /nodes/{node}/storage/{storage}/content': listContent,
};

const storageParts = [
  'content',
  'download-url',
  'file-restore',
  'import-metadata',
  'prunebackups',
  'rrd',
  'rrddata',
  'status',
  'upload',
];

type Row = Record<string, unknown>;

function listStorages(call: ApiCall): unknown {
  const { cluster, parameters } = call;
  const wanted = parameters.optionalText('storage');
  if (wanted !== undefined && !cluster.storages.has(wanted)) parameterError({ storage: 'No such storage.' });
  return [...cluster.storages.values()]
    .filter((storage) => wanted === undefined || storage.id === wanted)
    .filter((storage) => mayRead(call, storage) && isWanted(call, storage))
    .map((storage) =>
      withShare({ storage: storage.id, ...statusOf(call, storage), ...formatsOf(call, storage) }),
    );
}

function mayRead(call: ApiCall, storage: StorageState): boolean {
  return call.may(`/storage/${storage.id}`, ['Datastore.Audit', 'Datastore.AllocateSpace']);
}

/** Disabled storages, and those of other nodes, are hidden by a filter for content; disabled ones by `enabled` too. */
function isWanted({ node, parameters }: ApiCall, storage: StorageState): boolean {
  const usable = !storage.disabled && storageOnNode(storage, node.name);
  const content = splitList(parameters.optionalText('content') ?? '');
  if (content.length > 0 && !(usable && content.some((kind) => storage.content.includes(kind)))) return false;
  const target = parameters.optionalText('target');
  if (target !== undefined && target !== node.name) {
    if (!usable || !storage.shared || !storageOnNode(storage, target)) return false;
  }
  return !(parameters.flag('enabled') && storage.disabled);
}

function readStatus(call: ApiCall): unknown {
  const id = call.parameters.text('storage');
  return statusOf(call, call.cluster.storages.get(id) ?? parameterError({ storage: 'No such storage.' }));
}

function statusOf({ cluster, node }: ApiCall, storage: StorageState): Row {
  const active = storageActive(storage, node.name);
  const enabled = !storage.disabled && storageOnNode(storage, node.name);
  return {
    type: storage.type,
    content: storage.content.join(','),
    shared: storage.shared ? 1 : 0,
    enabled: enabled ? 1 : 0,
    active: active ? 1 : 0,
    total: active ? storageSpace(storage, node.name).totalBytes : 0,
    used: active ? cluster.volumes.usedBytes(storage, node.name) : 0,
    avail: active ? cluster.volumes.availableBytes(storage, node.name) : 0,
  };
}

function withShare(row: Row): Row {
  const { total, used } = row;
  const known = typeof total === 'number' && typeof used === 'number' && total > 0;
  return known ? { ...row, used_fraction: used / total } : row;
}

function formatsOf({ cluster, parameters }: ApiCall, storage: StorageState): Row {
  if (!parameters.flag('format')) return {};
  const supported = isFileStorage(storage) ? ['qcow2', 'raw', 'subvol', 'vmdk'] : ['raw'];
  const format = [Object.fromEntries(supported.map((name) => [name, 1])), 'raw'];
  return cluster.version.major === 9 ? { format, formats: { supported, default: 'raw' } } : { format };
}

function listContent(call: ApiCall): unknown {
  const { cluster, node, parameters } = call;
  const storage = usableStorage(cluster, parameters.text('storage'), node.name);
  const vmid = parameters.optionalInteger('vmid');
  const content = parameters.optionalText('content');
  return cluster.volumes
    .onStorage(storage, node.name)
    .filter((volume) => vmid === undefined || volume.vmid === vmid)
    .filter((volume) => content === undefined || volume.content === content)
    .filter((volume) => maySeeVolume(call, volume))
    .sort((one, other) => (one.volid < other.volid ? -1 : 1))
    .map(volumeRow);
}

function volumeRow(volume: VolumeState): Row {
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
