import type { StorageReservation } from '../../domain/buildLease';
import { compareText } from '../words';
import { waysOfBegun } from './begunWays';
import { drivesOf, firstDiskOf, type MachineDrive } from './drives';
import type { TemplateCopyView } from './facts';
import type { MachineWish } from './outline';
import {
  files,
  isSharedWith,
  linkable,
  moreDemands,
  movable,
  notUsable,
  placeOf,
  reservationsOf,
  storageAt,
  thick,
  typeOf,
  unusableOn,
  viewOf,
  type CloneOption,
  type CloneOptions,
  type WayInput,
} from './wayInput';

/** What a machine writes while it boots, and its cloud-init drive. */
export const besidesBytes = 2 ** 30;

/** One copy of the template, seen from one node. */
interface Attempt {
  readonly input: WayInput;
  readonly wish: MachineWish;
  readonly copy: TemplateCopyView;
  readonly node: string;
  readonly drives: readonly MachineDrive[];
  readonly disks: readonly MachineDrive[];
  /** The disk that it boots from. */
  readonly main: MachineDrive;
  /** Of the profile, where it differs from the template's: then every clone is a full one. */
  readonly storage?: string;
  /** The copy's drives are all on storages that are shared with the node. */
  readonly isShared: boolean;
}

/**
 * All ways in which a machine can come to a node, always in the same order. Only linked clones where any is possible: in
 * the model a linked clone never takes longer than a full one there, and it takes no room.
 */
export function waysTo(input: WayInput, wish: MachineWish, node: string): CloneOptions {
  if (wish.begun !== undefined) return waysOfBegun(input, wish, wish.begun.seen, node);
  const more = moreDemands(input, wish, node);
  if (typeof more === 'string') return { options: [], because: more };
  const copies = input.copies.toSorted(
    (one, other) =>
      Number(other.node === node) - Number(one.node === node) ||
      compareText(one.node, other.node) ||
      one.vmid - other.vmid,
  );
  const tried = copies.map((copy) => wayFrom(input, wish, copy, node));
  const possible = tried.flatMap((it) => (typeof it === 'string' ? [] : [it]));
  const linked = possible.filter(({ way }) => way === 'linked');
  const options = (linked.length > 0 ? linked : possible).map((option) => ({
    ...option,
    demands: [...option.demands, ...more],
  }));
  const reasons = tried.flatMap((it) => (typeof it === 'string' ? [it] : []));
  return { options, because: [...new Set(reasons)].join(', ') };
}

/** The way from one copy, or why there is none. */
function wayFrom(
  input: WayInput,
  wish: MachineWish,
  copy: TemplateCopyView,
  node: string,
): CloneOption | string {
  const drives = drivesOf(copy.keys);
  const disks = drives.filter(({ kind }) => kind === 'disk');
  const main = firstDiskOf(copy.keys) ?? disks[0];
  if (main === undefined) return `VM ${copy.vmid} on ${copy.node} has no disk`;
  const storage = disks.every((disk) => disk.storage === input.storage) ? undefined : input.storage;
  const attempt: Attempt = {
    ...{ input, wish, copy, node, drives, disks, main },
    ...(storage === undefined ? {} : { storage }),
    isShared: drives.every((drive) => isSharedWith(input, drive.storage, node)),
  };
  const written = writtenTo(attempt);
  const unusable = unusableOn(input, node, written);
  if (unusable !== undefined) return notUsable(unusable);
  const isHere = copy.node === node;
  if (canBeLinked(attempt) && (isHere || attempt.isShared)) return linkedClone(attempt);
  const staysShared = attempt.isShared && written.every((it) => isSharedWith(input, it, node));
  return isHere || staysShared ? fullClone(attempt) : movedClone(attempt);
}

/** Storages that a clone is written to: disks and the cloud-init drive. */
function writtenTo({ drives, storage }: Attempt): readonly string[] {
  const written = drives.filter(({ kind }) => kind !== 'cdrom');
  return [...new Set(written.map((drive) => storage ?? drive.storage))];
}

/** Each disk is a base image on a storage that makes linked clones, and nothing else than its storage is asked for. */
function canBeLinked({ input, copy, disks, storage }: Attempt): boolean {
  const isBase = ({ volume }: MachineDrive) => /[:/]base-\d+-/.test(volume);
  return (
    storage === undefined &&
    disks.every((disk) => isBase(disk) && linkable.has(typeOf(input, copy.node, disk.storage)))
  );
}

function linkedClone({ input, wish, copy, node, main }: Attempt): CloneOption {
  const room = { ...storageAt(input, node, main.storage), purpose: `disk/${wish.name}`, bytes: besidesBytes };
  const place = placeOf(input, copy.node, main.storage);
  return { way: 'linked', source: copy, node, copyBytes: 0, place, demands: [room] };
}

function fullClone(attempt: Attempt): CloneOption {
  const { input, copy, node, disks, main, storage } = attempt;
  return {
    ...{ way: 'full', source: copy, node, demands: fullDemands(attempt) },
    ...(storage === undefined ? {} : { storage }),
    copyBytes: bytesOf(attempt, disks),
    place: placeOf(input, copy.node, storage ?? main.storage),
  };
}

/** A full clone on the copy's node that is moved offline; volumes on shared storages stay where they are. */
function movedClone(attempt: Attempt): CloneOption | string {
  const { input, wish, copy, node, drives, disks, storage } = attempt;
  const tray = drives.find((drive) => drive.kind === 'cdrom' && !isSharedWith(input, drive.storage, node));
  if (tray !== undefined) return `${tray.volume} of VM ${copy.vmid} is on ${copy.node} only`;
  const finalOf = (disk: MachineDrive) => storage ?? disk.storage;
  const unusable = unusableOn(input, copy.node, writtenTo(attempt));
  if (unusable !== undefined) return `the storage ${unusable} is not usable on ${copy.node}`;
  const local = disks.filter((disk) => viewOf(input, copy.node, finalOf(disk))?.shared !== true);
  const fixed = local.find((disk) => !movable.has(typeOf(input, copy.node, finalOf(disk))));
  if (fixed !== undefined) return `Proxmox can't move volumes of ${finalOf(fixed)} to another node`;
  const passing = reservationsOf(input, `way/${wish.name}`, copy.node, local, finalOf);
  const clone = fullClone(attempt);
  return {
    ...clone,
    ...{ way: 'fullThenMoved', movedFrom: copy.node },
    moveBytes: local.length === 0 ? 0 : bytesOf(attempt, local),
    demands: [...clone.demands, ...passing],
  };
}

/** Room of a full clone: the template's size, or on storages that give nothing back the size that it grows to. */
function fullDemands({ input, wish, node, disks, main, storage }: Attempt): readonly StorageReservation[] {
  const finalOf = (disk: MachineDrive) => storage ?? disk.storage;
  const grown = disks.map((disk) => {
    if (disk.key !== main.key) return disk;
    const isThick = thick.has(typeOf(input, node, finalOf(disk)));
    const bytes = isThick ? Math.max(disk.bytes, wish.role.diskBytes ?? 0) : disk.bytes;
    return { ...disk, bytes: bytes + besidesBytes };
  });
  return reservationsOf(input, `disk/${wish.name}`, node, grown, finalOf);
}

/** What a full clone of disks copies: of files only what is used, where that is known. */
function bytesOf({ input, copy }: Attempt, disks: readonly MachineDrive[]): number {
  const bytes = disks.reduce((sum, disk) => sum + disk.bytes, 0);
  const areFiles = disks.every(({ storage }) => files.has(typeOf(input, copy.node, storage)));
  return areFiles ? Math.min(bytes, copy.usedBytes ?? bytes) : bytes;
}
