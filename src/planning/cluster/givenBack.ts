import type { StorageReservation } from '../../domain/buildLease';
import { ownerOf } from '../volumes';
import { drivesOf, firstDiskOf, type MachineDrive } from './drives';
import type { MarkedMember } from './facts';
import { storageAt, thick, typeOf, type WayInput } from './wayInput';
import { besidesBytes } from './ways';

/**
 * Room that the deletion of a machine gives back, as it is counted for machines that are made: where volumes take their
 * whole size at once that size; elsewhere what a clone of its kind is counted with, never more than its disk has.
 */
export function givenBack(
  input: Pick<WayInput, 'nodes' | 'copies'>,
  { node, vmid, name, keys }: MarkedMember,
): readonly StorageReservation[] {
  const own = drivesOf(keys).filter(({ kind, volume }) => kind === 'disk' && ownerOf(volume) === vmid);
  const main = firstDiskOf(keys);
  return own
    .map((disk) => ({
      ...storageAt(input, node, disk.storage),
      purpose: `gone/${name}/${disk.key}`,
      bytes: bytesOf(input, node, disk, disk.key === main?.key),
    }))
    .filter(({ bytes }) => bytes > 0);
}

function bytesOf(
  input: Pick<WayInput, 'nodes' | 'copies'>,
  node: string,
  disk: MachineDrive,
  isMain: boolean,
): number {
  if (thick.has(typeOf(input, node, disk.storage))) return disk.bytes;
  if (!isMain) return 0;
  const templates = input.copies.flatMap(({ keys }) => firstDiskOf(keys) ?? []);
  // A linked clone is on the storage of what it was cloned from.
  const isFull = templates.every(({ storage }) => storage !== disk.storage);
  const cloned = isFull ? Math.max(0, ...templates.map(({ bytes }) => bytes)) : 0;
  return Math.min(disk.bytes, cloned + besidesBytes);
}
