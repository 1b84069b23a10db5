import { baseOf } from '../volumes';
import { drivesOf, firstDiskOf } from './drives';
import type { MarkedMember } from './facts';
import type { MachineWish } from './outline';
import {
  moreDemands,
  movable,
  notUsable,
  placeOf,
  reservationsOf,
  typeOf,
  unusableOn,
  viewOf,
  type CloneOptions,
  type WayInput,
} from './wayInput';

/** What is there already: nothing is cloned; it stays, or is moved as long as nothing speaks against that. */
export function waysOfBegun(
  input: WayInput,
  wish: MachineWish,
  { node: from, keys, running }: MarkedMember,
  node: string,
): CloneOptions {
  const [source] = input.copies;
  const drives = drivesOf(keys);
  const main = firstDiskOf(keys) ?? drives[0];
  if (source === undefined || main === undefined) return none('it has no disk');
  const more = moreDemands(input, wish, node);
  if (typeof more === 'string') return none(more);
  const there = { source, node, place: placeOf(input, from, main.storage), copyBytes: 0 };
  if (from === node) return { options: [{ ...there, way: 'full', demands: more }], because: '' };
  if (running) return none(`it runs on ${from}`);
  const local = drives.filter(({ storage }) => viewOf(input, from, storage)?.shared !== true);
  const fixed = local.find(
    ({ kind, volume, storage }) =>
      kind === 'cdrom' || baseOf(volume) !== undefined || !movable.has(typeOf(input, from, storage)),
  );
  if (fixed !== undefined) return none(`${fixed.volume} can't be moved from ${from}`);
  const written = drives.filter(({ kind }) => kind !== 'cdrom').map(({ storage }) => storage);
  const unusable = unusableOn(input, node, written);
  if (unusable !== undefined) return none(notUsable(unusable));
  const coming = reservationsOf(input, `disk/${wish.name}`, node, local, ({ storage }) => storage);
  const moved = {
    ...{ ...there, way: 'fullThenMoved' as const, movedFrom: from },
    moveBytes: local.reduce((sum, { bytes }) => sum + bytes, 0),
    demands: [...coming, ...more],
  };
  return { options: [moved], because: '' };
}

function none(because: string): CloneOptions {
  return { options: [], because };
}
