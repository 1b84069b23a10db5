import { isRunning, type GuestState } from '../cluster/guests';
import type { NodeState } from '../cluster/nodes';
import { storageOnNode } from '../cluster/storages';
import type { ClusterState } from '../cluster/state';
import type { ApiCall } from '../http/call';
import { fail, parameterError } from '../http/errors';
import { bandwidthLimit } from './bandwidth';
import { migratableGuest } from './guest';
import { isHaManaged } from './ha';
import { requestHaMigration } from './ha-request';
import { storagesUsed } from './local-volumes';
import { MigrationRun, type MigrationOptions } from './run';
import { parseStorageMap, sameStorages, type StorageMap } from './storage-map';
import { migrate } from './worker';

/** What SIGTERM makes a migration stop with (behaviour.md 8.7). */
const migrationInterruptText = 'interrupted by signal';

/** POST migrate: the checks before the answer, in Proxmox's order (behaviour.md 8.1), then a task. */
export function requestMigration(call: ApiCall): string {
  const { cluster, node, parameters } = call;
  const targetName = parameters.text('target');
  if (targetName === node.name) parameterError({ target: 'target is local node.' });
  call.requireQuorum();
  const target = cluster.nodes.get(targetName) ?? fail(`no such cluster node '${targetName}'`);
  for (const option of ['force', 'migration_type', 'migration_network']) call.requireRootFor(option);
  const guest = migratableGuest(call);
  if (isRunning(guest) && !parameters.flag('online')) fail("can't migrate running VM without --online");
  const targetStorage = readTargetStorage(call, guest, target);
  if (targetStorage.identity) requireStorages(cluster, storagesUsed(guest), target.name);
  const options: MigrationOptions = {
    target,
    withLocalDisks: parameters.flag('with-local-disks'),
    targetStorage,
    bandwidthLimitBytesPerSecond: bandwidthLimit(cluster, guest, parameters.optionalInteger('bwlimit')),
    conntrackState: parameters.flag('with-conntrack-state'),
    force: parameters.flag('force'),
    startedByHa: false,
  };
  if (isHaManaged(cluster, guest)) return requestHaMigration(call, guest, target);
  return call.startTask({
    type: 'qmigrate',
    id: String(guest.vmid),
    interruptText: migrationInterruptText,
    run: (worker) => migrate(new MigrationRun(cluster, worker, guest, node, options)),
  });
}

function readTargetStorage(call: ApiCall, guest: GuestState, target: NodeState): StorageMap {
  const text = call.parameters.optionalText('targetstorage');
  if (text === undefined) return sameStorages;
  const map =
    parseStorageMap(text) ?? parameterError({ targetstorage: `failed to parse storage map: '${text}'` });
  if (map.identity) return map;
  call.requirePrivilege(`/vms/${guest.vmid}`, ['VM.Config.Disk']);
  for (const storage of map.named) call.requirePrivilege(`/storage/${storage}`, ['Datastore.AllocateSpace']);
  requireStorages(call.cluster, map.named, target.name);
  return map;
}

function requireStorages(cluster: ClusterState, ids: readonly string[], node: string): void {
  for (const id of ids) {
    const storage = cluster.storages.get(id) ?? fail(`storage '${id}' does not exist`);
    if (storage.disabled) fail(`storage '${id}' is disabled`);
    if (!storageOnNode(storage, node)) fail(`storage '${id}' is not available on node '${node}'`);
  }
}
