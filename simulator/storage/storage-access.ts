import { storageOnNode, type StorageState } from '../cluster/storages';
import type { ClusterState } from '../cluster/state';
import { storageOf, type VolumeState } from '../cluster/volumes';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';
import { contentOfName, ownerOfName, volumeName } from './volume-names';

/** The storage of this id; fails with Proxmox's text if it is not configured. */
export function storageOfId(cluster: ClusterState, id: string): StorageState {
  return cluster.storages.get(id) ?? fail(`storage '${id}' does not exist`);
}

/** The storage, checked to be usable on the node (behaviour.md 7.9). */
export function usableStorage(cluster: ClusterState, id: string, node: string): StorageState {
  const storage = storageOfId(cluster, id);
  if (storage.disabled) fail(`storage '${id}' is disabled`);
  if (!storageOnNode(storage, node)) fail(`storage '${id}' is not available on node '${node}'`);
  if (storage.inactiveOn.has(node)) fail(`storage '${id}' is not online`);
  return storage;
}

/**
 * What kind of content the volume is, after checking that the caller may use it for the guest (behaviour.md 7.7). Ends with
 * 403 and the missing privilege; fails for paths, which only root may name.
 */
export function checkVolumeAccess(call: ApiCall, vmid: number, volid: string): string {
  if (volid.startsWith('/')) {
    if (!call.identity.isRoot) {
      fail('Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 569.');
    }
    return 'images';
  }
  const storage = storageOfId(call.cluster, storageOf(volid));
  const name = volumeName(volid);
  const content = contentOfName(storage, name) ?? fail(`unable to parse volume ID '${volid}'`);
  const needed = neededFor(call, storage.id, content, vmid, ownerOfName(name));
  if (needed === undefined) fail(`missing privileges to access ${volid}`);
  for (const { path, privileges } of needed) call.requirePrivilege(path, privileges);
  return content;
}

/** True if a list of contents shows the volume to the caller (behaviour.md 7.3). */
export function maySeeVolume(call: ApiCall, { storage, content, vmid }: VolumeState): boolean {
  const needed = neededFor(call, storage, content, undefined, vmid);
  return needed?.every(({ path, privileges }) => call.may(path, privileges)) ?? false;
}

interface Need {
  readonly path: string;
  /** One of these. */
  readonly privileges: readonly string[];
}

/** What using a volume takes; undefined if only the right to allocate on the whole storage would do. */
function neededFor(
  call: ApiCall,
  storage: string,
  content: string,
  vmid: number | undefined,
  owner: number | undefined,
): Need[] | undefined {
  const path = `/storage/${storage}`;
  if (call.may(path, ['Datastore.Allocate'])) return [];
  if (['iso', 'vztmpl', 'import'].includes(content)) {
    return [{ path, privileges: ['Datastore.AllocateSpace', 'Datastore.Audit'] }];
  }
  if (owner === undefined) return undefined;
  if (owner === vmid) return [];
  const isBackup = content === 'backup';
  return [
    { path, privileges: [isBackup ? 'Datastore.AllocateSpace' : 'Datastore.Audit'] },
    { path: `/vms/${owner}`, privileges: [isBackup ? 'VM.Backup' : 'VM.Config.Disk'] },
  ];
}
