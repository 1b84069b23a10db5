import { fail } from '../http/errors';
import type { ClusterState } from '../cluster/state';
import { storageActive, type StorageState } from '../cluster/storages';
import type { VolumeState } from '../cluster/volumes';

const fileTypes = ['dir', 'nfs', 'cifs', 'cephfs', 'glusterfs', 'btrfs'];

/** True if volumes of the storage are files with a format in their name (behaviour.md 7.5). */
export function isFileStorage({ type }: StorageState): boolean {
  return fileTypes.includes(type);
}

/** A new volume on the target for a copy of `from`. */
export interface TargetVolumeRequest {
  readonly from: VolumeState;
  readonly vmid: number;
  readonly storage: StorageState;
  readonly node: string;
  /** True: the name stays if it is free there (offline copies); false: the lowest free number. */
  readonly keepName: boolean;
}

/**
 * Allocates the copy's volume on the target; it may be larger than the space left, then the copy itself will fail.
 * Fails if the storage can't be used there.
 */
export function allocateTargetVolume(cluster: ClusterState, request: TargetVolumeRequest): VolumeState {
  const { from, vmid, storage, node, keepName } = request;
  if (!storageActive(storage, node)) fail(`storage '${storage.id}' is not available on node '${node}'`);
  if (!storage.content.includes('images')) {
    fail(`content type 'images' is not available on storage '${storage.id}'`);
  }
  const format = isFileStorage(storage) ? from.format : 'raw';
  const kept = volid(storage, vmid, plainName(from), format);
  const volume: VolumeState = {
    ...from,
    volid:
      keepName && cluster.volumes.find(kept, node) === undefined ? kept : freeVolid(cluster, request, format),
    storage: storage.id,
    node: storage.shared ? undefined : node,
    format,
    usedBytes: Math.min(from.usedBytes, cluster.volumes.availableBytes(storage, node)),
    createdAt: cluster.clock.epochSeconds(),
    parent: undefined,
  };
  cluster.volumes.add(volume);
  return volume;
}

/** Where a file storage keeps the volume. */
export function volumePath(storage: StorageState, volume: VolumeState): string {
  return `${storage.path ?? `/mnt/pve/${storage.id}`}/images/${nameOf(volume)}`;
}

/** The part of the volume id after the storage. */
export function nameOf({ volid: id }: VolumeState): string {
  return id.slice(id.indexOf(':') + 1);
}

/** `vm-100-disk-0`: without folders and extension. */
function plainName(volume: VolumeState): string {
  return (nameOf(volume).split('/').at(-1) ?? '').replace(/\.(raw|qcow2|vmdk)$/, '');
}

function volid(storage: StorageState, vmid: number, name: string, format: string): string {
  return isFileStorage(storage) ? `${storage.id}:${vmid}/${name}.${format}` : `${storage.id}:${name}`;
}

/** The lowest number that no volume of this machine has on the storage; all count, also unreferenced ones. */
function freeVolid(
  cluster: ClusterState,
  { vmid, storage, node }: TargetVolumeRequest,
  format: string,
): string {
  const number = new RegExp(`(?:^|/)(?:vm|base|subvol)-${vmid}-disk-(\\d+)`);
  const taken = new Set(
    cluster.volumes.onStorage(storage, node).map((volume) => Number(number.exec(nameOf(volume))?.[1] ?? -1)),
  );
  let free = 0;
  while (taken.has(free)) free += 1;
  return volid(storage, vmid, `vm-${vmid}-disk-${free}`, format);
}
