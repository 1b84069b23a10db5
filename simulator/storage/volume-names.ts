import type { ClusterState } from '../cluster/state';
import type { StorageState } from '../cluster/storages';
import type { VolumeState } from '../cluster/volumes';

const fileTypes = new Set(['dir', 'nfs', 'cifs', 'btrfs', 'glusterfs', 'cephfs']);

/** True if volumes of the storage are files, with their format in the name (behaviour.md 7.5). */
export function isFileStorage({ type }: StorageState): boolean {
  return fileTypes.has(type);
}

/** The volume id of an image with this bare name, e.g. `vm-100-disk-0`, of this guest. */
export function imageVolid(storage: StorageState, vmid: number, name: string, format: string): string {
  return isFileStorage(storage) ? `${storage.id}:${vmid}/${name}.${format}` : `${storage.id}:${name}`;
}

/** A name for the next disk of the guest: the lowest number that none of its volumes on the storage has. */
export function freeDiskName(
  cluster: ClusterState,
  storage: StorageState,
  node: string,
  vmid: number,
): string {
  const number = new RegExp(`(?:^|[/:])(?:vm|base|subvol)-${vmid}-disk-(\\d+)(?:\\.\\w+)?$`);
  const taken = new Set(cluster.volumes.onStorage(storage, node).map(({ volid }) => number.exec(volid)?.[1]));
  let free = 0;
  while (taken.has(String(free))) free += 1;
  return `vm-${vmid}-disk-${free}`;
}

/** The volume id that an image has as a template's base image. */
export function baseVolid(volid: string): string {
  return volid.replace(/vm-(\d+)-disk-/, 'base-$1-disk-');
}

/** True for a base image of a template; a linked clone of one is none itself. */
export function isBaseImage(volid: string): boolean {
  return /(?:^|[:/])base-\d+-disk-\d+(?:\.\w+)?$/.test(volid);
}

/** The volume id of a linked clone: on LVM-thin its base can't be seen (behaviour.md 7.5). */
export function linkedVolid(storage: StorageState, base: string, clone: string): string {
  if (storage.type === 'lvmthin') return clone;
  return `${base}/${volumeName(clone)}`;
}

/** The part of a volume id after the storage. */
export function volumeName(volid: string): string {
  return volid.slice(volid.indexOf(':') + 1);
}

/** The content type that the form of a volume's name stands for; undefined if it is of no known form. */
export function contentOfName(storage: StorageState, name: string): string | undefined {
  const folder = /^(iso|vztmpl|backup|snippets|import)\//.exec(name)?.[1];
  if (folder !== undefined) return folder;
  const plain = isFileStorage(storage)
    ? /^(.+\/)?\d+\/[^/]+\.(raw|qcow2|vmdk|subvol)$/
    : /^(base-.+\/)?(vm|base|subvol)-\d+-\S+$/;
  return plain.test(name) ? 'images' : undefined;
}

/** The guest that owns a volume of this name. */
export function ownerOfName(name: string): number | undefined {
  const owner = /(?:^|\/)(?:vm|base|subvol)-(\d+)-[^/]*$/.exec(name)?.[1];
  return owner === undefined ? undefined : Number(owner);
}

/** Where a file storage keeps a volume. */
export function volumePath(storage: StorageState, volid: string): string {
  const root = storage.path ?? `/mnt/pve/${storage.id}`;
  const name = volumeName(volid);
  const own = name.slice(name.lastIndexOf('/', name.lastIndexOf('/') - 1) + 1);
  if (/^(iso|vztmpl)\//.test(name)) return `${root}/template/${name.replace(/^vztmpl/, 'cache')}`;
  if (/^backup\//.test(name)) return `${root}/dump/${name.slice('backup/'.length)}`;
  if (/^(snippets|import)\//.test(name)) return `${root}/${name}`;
  return isFileStorage(storage) ? `${root}/images/${own}` : devicePath(storage, name);
}

function devicePath(storage: StorageState, name: string): string {
  const own = name.split('/').at(-1) ?? name;
  if (storage.type === 'zfspool') return `/dev/zvol/${storage.options.get('pool') ?? storage.id}/${own}`;
  if (storage.type === 'rbd') return `/dev/rbd-pve/${storage.options.get('pool') ?? 'rbd'}/${own}`;
  return `/dev/${storage.options.get('vgname') ?? 'pve'}/${own}`;
}

/** The number of bytes that an image of this size really gets: LVM counts in extents of 4 MiB. */
export function allocatedBytes({ type }: StorageState, wantedBytes: number): number {
  const extent = type === 'lvmthin' || type === 'lvm' ? 4 * 1024 ** 2 : 1;
  return Math.ceil(wantedBytes / extent) * extent;
}

/** True for volumes that a guest owns and that vanish with it. */
export function isOwnedBy(volume: VolumeState, vmid: number): boolean {
  return volume.vmid === vmid && (volume.content === 'images' || volume.content === 'rootdir');
}
