import type { FileFacts } from '../web/file-facts';
import type { GuestInside } from './guest-inside';
import { storageSpace, type StorageState } from './storages';

/** One volume: a disk image, an ISO, a backup... */
export interface VolumeState {
  /** `<storage>:<name>`, e.g. `local-lvm:vm-100-disk-0`. */
  volid: string;
  readonly storage: string;
  /** The node it is on; undefined on a shared storage. */
  readonly node: string | undefined;
  vmid: number | undefined;
  format: string;
  content: string;
  sizeBytes: number;
  /** Size of the disk inside of an image file that is imported; undefined: as large as the file. */
  readonly virtualSizeBytes?: number | undefined;
  usedBytes: number;
  readonly createdAt: number;
  /** Base image of a linked clone. */
  parent: string | undefined;
  notes: string | undefined;
  /** What is known of a file that was downloaded or uploaded. */
  readonly file?: FileFacts | undefined;
  /** Removes the file that root wrote, where the volume is one. */
  readonly removeFile?: (() => void) | undefined;
  /** A snippet's text. */
  readonly text?: string | undefined;
  /** What a guest is like that boots from it; undefined: as any image. */
  inside?: GuestInside | undefined;
}

/** All volumes of the cluster. The same volid may exist on several nodes of a local storage. */
export class VolumeStore {
  private readonly byStorage = new Map<string, Map<string, VolumeState>>();

  /** The volume as seen from a node, if it exists there. */
  find(volid: string, node: string): VolumeState | undefined {
    const volumes = this.byStorage.get(storageOf(volid));
    return volumes?.get(keyOf(volid, node)) ?? volumes?.get(keyOf(volid, undefined));
  }

  /** Adds a volume; one with the same volid on the same node is replaced. */
  add(volume: VolumeState): void {
    const volumes = this.byStorage.get(volume.storage) ?? new Map<string, VolumeState>();
    this.byStorage.set(volume.storage, volumes);
    volumes.set(keyOf(volume.volid, volume.node), volume);
  }

  remove(volume: VolumeState): void {
    this.byStorage.get(volume.storage)?.delete(keyOf(volume.volid, volume.node));
  }

  /** Gives a volume another volid on the same storage (template conversion, rename). */
  rename(volume: VolumeState, volid: string): void {
    this.remove(volume);
    volume.volid = volid;
    this.add(volume);
  }

  all(): VolumeState[] {
    return [...this.byStorage.values()].flatMap((volumes) => [...volumes.values()]);
  }

  /** The volumes of a storage as a node sees it. */
  onStorage(storage: StorageState, node: string): VolumeState[] {
    const volumes = [...(this.byStorage.get(storage.id)?.values() ?? [])];
    return volumes.filter((volume) => volume.node === undefined || volume.node === node);
  }

  /** Used bytes of the storage as the node sees it. */
  usedBytes(storage: StorageState, node: string): number {
    const images = this.onStorage(storage, node).reduce((sum, volume) => sum + volume.usedBytes, 0);
    return images + storageSpace(storage, node).otherUsedBytes;
  }

  /** Free bytes of the storage as the node sees it. */
  availableBytes(storage: StorageState, node: string): number {
    return Math.max(storageSpace(storage, node).totalBytes - this.usedBytes(storage, node), 0);
  }
}

/** The storage id of a volid. */
export function storageOf(volid: string): string {
  return volid.slice(0, Math.max(volid.indexOf(':'), 0));
}

function keyOf(volid: string, node: string | undefined): string {
  return `${node ?? '*'}|${volid}`;
}
