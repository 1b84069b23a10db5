import { storageOnNode, type StorageState } from '../cluster/storages';
import type { ClusterState } from '../cluster/state';
import { storageOf } from '../cluster/volumes';
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
 * What kind of content the volume is, after checking that the caller may use it for the guest (behaviour.md 7.7). Fails for
 * paths, which only root may name.
 */
export function checkVolumeAccess(call: ApiCall, vmid: number, volid: string): string {
  if (volid.startsWith('/')) {
    if (!call.identity.isRoot) {
      fail('Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 569.');
    }
    return 'images';
  }
  const storage = storageOfId(call.cluster, storageOf(volid));
  const content = contentOfName(storage, volumeName(volid)) ?? fail(`unable to parse volume ID '${volid}'`);
  if (!mayUse(call, storage.id, content, vmid, ownerOfName(volumeName(volid)))) {
    fail(`missing privileges to access ${volid}`);
  }
  return content;
}

function mayUse(
  call: ApiCall,
  storage: string,
  content: string,
  vmid: number,
  owner: number | undefined,
): boolean {
  const path = `/storage/${storage}`;
  if (call.may(path, ['Datastore.Allocate'])) return true;
  if (['iso', 'vztmpl', 'import'].includes(content)) {
    return call.may(path, ['Datastore.AllocateSpace', 'Datastore.Audit']);
  }
  if (content === 'backup') {
    return call.may(path, ['Datastore.AllocateSpace']) && call.may(`/vms/${owner ?? vmid}`, ['VM.Backup']);
  }
  if (owner === vmid) return true;
  return (
    owner !== undefined &&
    call.may(path, ['Datastore.Audit']) &&
    call.may(`/vms/${owner}`, ['VM.Config.Disk'])
  );
}
