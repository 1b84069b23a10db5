import { createHash } from 'node:crypto';
import { isQuorate } from '../cluster/quorum';
import type { StorageSpace, StorageState } from '../cluster/storages';
import type { ClusterState } from '../cluster/state';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail } from '../http/errors';
import { splitList } from '../http/parameters';
import { storageOfId } from './storage-access';

/** Definitions of storages (behaviour.md 7.1). */
export const storageConfigEndpoints: EndpointTable = {
  'GET /storage': listDefinitions,
  'GET /storage/{storage}': ({ cluster, parameters }) =>
    definition(cluster, storageOfId(cluster, parameters.text('storage'))),
  'POST /storage': create,
  'PUT /storage/{storage}': update,
  'DELETE /storage/{storage}': remove,
};

/** How long the cluster's lock on storage.cfg is tried without quorum, in seconds (recording e1). */
const lockSeconds = 9;

/** Keys with a place of their own in the state. */
const ownKeys = ['storage', 'type', 'content', 'nodes', 'shared', 'disable', 'path', 'delete', 'digest'];

/** Options that read as numbers. */
const numericOptions = new Set([
  'priority',
  'snapshot-as-volume-chain',
  'sparse',
  'saferemove',
  'krbd',
  'mkdir',
]);

const contentByType: Readonly<Record<string, readonly string[]>> = {
  dir: ['images', 'rootdir'],
  btrfs: ['images', 'rootdir'],
  lvmthin: ['images', 'rootdir'],
  zfspool: ['images', 'rootdir'],
  cephfs: ['backup'],
  pbs: ['backup'],
  esxi: ['import'],
};
const sharedTypes = ['nfs', 'cifs', 'cephfs', 'rbd', 'iscsi', 'iscsidirect', 'pbs', 'glusterfs', 'zfs'];

function listDefinitions(call: ApiCall): unknown {
  return [...call.cluster.storages.values()]
    .filter(({ id }) => call.may(`/storage/${id}`, ['Datastore.Audit', 'Datastore.Allocate']))
    .map((storage) => definition(call.cluster, storage));
}

function definition(cluster: ClusterState, storage: StorageState): Record<string, unknown> {
  const { id, type, content, path, nodes, disabled, options } = storage;
  return {
    storage: id,
    type,
    content: content.join(','),
    ...(path === undefined ? {} : { path }),
    ...(nodes === undefined ? {} : { nodes: nodes.join(',') }),
    ...(storage.shared ? { shared: 1 } : {}),
    ...(disabled ? { disable: 1 } : {}),
    ...Object.fromEntries(
      [...options].map(([key, value]) => [key, numericOptions.has(key) ? Number(value) : value]),
    ),
    digest: digestOf(cluster),
  };
}

function digestOf({ storages }: ClusterState): string {
  const file = [...storages.values()].map(({ id, type, content, path, nodes, shared, disabled, options }) => [
    ...[id, type, content, path ?? null, nodes ?? null, shared, disabled],
    [...options],
  ]);
  return createHash('sha1').update(JSON.stringify(file)).digest('hex');
}

async function create(call: ApiCall): Promise<unknown> {
  const { cluster, parameters } = call;
  const [id, type] = [parameters.text('storage'), parameters.text('type')];
  await requireLock(call, 'create storage failed');
  if (cluster.storages.has(id)) fail(`create storage failed: storage ID '${id}' already defined`);
  const shared = parameters.flag('shared', sharedTypes.includes(type));
  const keys = shared ? ['*'] : [...cluster.nodes.keys()];
  const content = parameters.optionalText('content');
  cluster.storages.set(id, {
    id,
    type,
    shared,
    disabled: parameters.flag('disable'),
    nodes: nodesOf(call),
    content: content === undefined ? (contentByType[type] ?? ['images']) : splitList(content),
    path: parameters.optionalText('path'),
    options: otherOptions(call),
    spaces: new Map(keys.map((key) => [key, newSpace(cluster)])),
    inactiveOn: new Set(),
  });
  return { storage: id, type };
}

/** A storage that is made lies on the first node's root file system. */
function newSpace({ nodes }: ClusterState): StorageSpace {
  const disk = [...nodes.values()][0]?.rootFileSystem;
  return { totalBytes: disk?.totalBytes ?? 0, otherUsedBytes: disk?.usedBytes ?? 0 };
}

async function update(call: ApiCall): Promise<unknown> {
  const { cluster, parameters } = call;
  await requireLock(call, 'update storage failed');
  const storage = storageOfId(cluster, parameters.text('storage'));
  const deleted = parameters.list('delete');
  const content = parameters.optionalText('content');
  if (deleted.includes('nodes')) storage.nodes = undefined;
  if (deleted.includes('disable')) storage.disabled = false;
  if (parameters.has('nodes')) storage.nodes = nodesOf(call);
  if (parameters.has('disable')) storage.disabled = parameters.flag('disable');
  if (parameters.has('shared')) storage.shared = parameters.flag('shared');
  for (const key of deleted) storage.options.delete(key);
  for (const [key, value] of otherOptions(call)) storage.options.set(key, value);
  if (content !== undefined) cluster.storages.set(storage.id, { ...storage, content: splitList(content) });
  return { storage: storage.id, type: storage.type };
}

async function remove(call: ApiCall): Promise<void> {
  await requireLock(call, 'delete storage failed');
  const { id } = storageOfId(call.cluster, call.parameters.text('storage'));
  call.cluster.storages.delete(id);
}

async function requireLock(call: ApiCall, prefix: string): Promise<void> {
  if (isQuorate(call.cluster, call.node)) return;
  await call.sleep(lockSeconds);
  fail(`${prefix}: cfs-lock 'file-storage_cfg' error: no quorum!`);
}

function nodesOf({ parameters }: ApiCall): string[] | undefined {
  return parameters.has('nodes') ? parameters.list('nodes') : undefined;
}

function otherOptions({ parameters }: ApiCall): Map<string, string> {
  const names = parameters.names().filter((name) => !ownKeys.includes(name));
  return new Map(names.map((name) => [name, parameters.text(name)]));
}
