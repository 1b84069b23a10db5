import { fail } from '../http/errors';
import type { ClusterState } from '../cluster/state';
import { storageActive, type StorageState } from '../cluster/storages';
import type { VolumeState } from '../cluster/volumes';
import { freeDiskName, imageVolid, isFileStorage, volumeName } from '../storage/volume-names';

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
  const kept = imageVolid(storage, vmid, plainName(from), format);
  const isFree = cluster.volumes.find(kept, node) === undefined;
  const volume: VolumeState = {
    ...from,
    volid:
      keepName && isFree
        ? kept
        : imageVolid(storage, vmid, freeDiskName(cluster, storage, node, vmid), format),
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

/** `vm-100-disk-0`: without folders and extension. */
function plainName({ volid }: VolumeState): string {
  return (volumeName(volid).split('/').at(-1) ?? '').replace(/\.(raw|qcow2|vmdk)$/, '');
}
