import { storagePlace, type StorageReservation } from '../../domain/buildLease';
import type { CloneWay } from '../../domain/cluster/plan';
import type { StorageView } from '../template/facts';
import type { MachineDrive } from './drives';
import type { PlaceView, TemplateCopyView } from './facts';
import type { MachineWish } from './outline';

/** One way in which a machine can come to a node. */
export interface CloneOption {
  readonly way: CloneWay;
  readonly source: TemplateCopyView;
  readonly node: string;
  /** Storage that full clones are written to instead of the template's. */
  readonly storage?: string;
  /** Where the clone is written: clones there share its bandwidth (`storagePlace`). */
  readonly place: string;
  /** What the clone copies; 0: linked, or there already. */
  readonly copyBytes: number;
  /** What goes over the network afterwards; absent: it is not moved. */
  readonly moveBytes?: number;
  /** Node that it is moved from; absent: it is not moved. */
  readonly movedFrom?: string;
  /** Room that it takes, while it is moved also on the node that it comes from. */
  readonly demands: readonly StorageReservation[];
}

/** The ways to a node; none: why. */
export interface CloneOptions {
  readonly options: readonly CloneOption[];
  readonly because: string;
}

/** What the ways of a machine depend on. */
export interface WayInput {
  readonly nodes: readonly PlaceView[];
  readonly copies: readonly TemplateCopyView[];
  /** Of the profile. */
  readonly storage?: string;
}

/** Types from whose base images linked clones are made (behaviour: 7.1). */
export const linkable: ReadonlySet<string> = new Set([
  ...['lvmthin', 'zfspool', 'rbd', 'dir', 'nfs', 'cifs', 'btrfs'],
]);
/** Types that local volumes can be moved from offline (behaviour: 8.4). */
export const movable: ReadonlySet<string> = new Set(['dir', 'btrfs', 'zfspool', 'lvmthin', 'lvm']);
/** Types whose volumes take their whole size at once. */
export const thick: ReadonlySet<string> = new Set(['lvm', 'zfspool']);
/** Types whose volumes are files: what is not used is not copied. */
export const files: ReadonlySet<string> = new Set(['dir', 'nfs', 'cifs', 'btrfs']);

/** A storage as a node sees it. */
export function viewOf({ nodes }: WayInput, node: string, storage: string): StorageView | undefined {
  return nodes.find(({ name }) => name === node)?.storages.find((it) => it.storage === storage);
}

/** e.g. `lvmthin`; empty where the node does not have the storage. */
export function typeOf(input: WayInput, node: string, storage: string): string {
  return viewOf(input, node, storage)?.type ?? '';
}

/** Whether a storage is shared, and usable on this node. */
export function isSharedWith(input: WayInput, storage: string, node: string): boolean {
  const view = viewOf(input, node, storage);
  return view?.shared === true && view.usable;
}

/** The first of some storages that takes no disks on a node. */
export function unusableOn(input: WayInput, node: string, storages: readonly string[]): string | undefined {
  return storages.find((storage) => {
    const view = viewOf(input, node, storage);
    return view?.usable !== true || !view.content.includes('images');
  });
}

/** The place of a storage as a node sees it, for reservations. */
export function storageAt(
  input: WayInput,
  node: string,
  storage: string,
): Pick<StorageReservation, 'node' | 'storage' | 'shared'> {
  return { node, storage, shared: viewOf(input, node, storage)?.shared ?? false };
}

/** Where writers share the bandwidth and the room. */
export function placeOf(input: WayInput, node: string, storage: string): string {
  return storagePlace(storageAt(input, node, storage));
}

/** Room of disks on a node, one reservation for each storage. */
export function reservationsOf(
  input: WayInput,
  purpose: string,
  node: string,
  disks: readonly MachineDrive[],
  finalOf: (disk: MachineDrive) => string,
): readonly StorageReservation[] {
  const storages = [...new Set(disks.map(finalOf))];
  return storages.map((storage) => ({
    ...storageAt(input, node, storage),
    purpose: storages.length === 1 ? purpose : `${purpose}/${storage}`,
    bytes: disks.reduce((sum, disk) => sum + (finalOf(disk) === storage ? disk.bytes : 0), 0),
  }));
}

/** Room of further disks, where they take it at once; or why they can't be made on this node. */
export function moreDemands(
  input: WayInput,
  { name, role }: MachineWish,
  node: string,
): readonly StorageReservation[] | string {
  const unusable = unusableOn(
    input,
    node,
    role.moreDisks.map(({ storage }) => storage),
  );
  if (unusable !== undefined) return notUsable(unusable);
  return role.moreDisks.flatMap(({ storage, sizeBytes }, index) =>
    thick.has(typeOf(input, node, storage))
      ? [{ ...storageAt(input, node, storage), purpose: `more/${name}/${index + 1}`, bytes: sizeBytes }]
      : [],
  );
}

/** Said of a storage that a node does not have, or that takes no disks there. */
export function notUsable(storage: string): string {
  return `the storage ${storage} is not usable there`;
}
