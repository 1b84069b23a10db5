import { storagePlace, type StorageReservation } from '../../domain/buildLease';
import type { ClusterPlan, PlannedMachine } from '../../domain/cluster/plan';
import type { MemoryReservation } from '../../domain/lease';
import { formatBytes } from '../../domain/rendering/sizes';
import type { ChosenMachine } from './chooseWays';
import { firstDiskOf } from './drives';
import type { ClusterLook } from './facts';
import { memoryNeeded } from './placing';
import type { Prepared } from './prepare';
import { placeOf, viewOf } from './wayInput';

/** What a plan keeps free for itself, and how much there is. */
export type Reservations = Pick<
  ClusterPlan,
  'reservations' | 'memoryRoomBytes' | 'storageReservations' | 'storageRoomBytes'
>;

/** Memory of the machines on their nodes, room of their disks on storages. */
export function reservationsFor(
  { context, freedBytes, freedRoom, revived }: Prepared,
  machines: readonly { readonly planned: PlannedMachine; readonly chosen: ChosenMachine }[],
): Reservations {
  const { look, input } = context;
  const made = machines.map(({ planned, chosen }) => ({
    ...{ vmid: planned.vmid, target: planned.node, memoryBytes: memoryNeeded(chosen.wish) },
  }));
  const reservations = [...made, ...revived].filter(({ memoryBytes }) => memoryBytes > 0);
  const storageReservations = machines
    .flatMap(({ chosen }) => chosen.option.demands)
    .filter(({ bytes }) => bytes > 0);
  const share = input.settings.targetMemoryShare;
  return {
    reservations,
    memoryRoomBytes: memoryRoom(look, reservations, share, freedBytes),
    storageReservations,
    storageRoomBytes: storageRoom(look, storageReservations, freedRoom),
  };
}

/** How much all reservations together may take on the nodes of these, from a look. */
export function memoryRoom(
  { nodes }: Pick<ClusterLook, 'nodes'>,
  reservations: readonly MemoryReservation[],
  memoryShare: number,
  freedBytes: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const targets = [...new Set(reservations.map(({ target }) => target))].sort();
  const rooms = targets.map((target) => {
    const node = nodes.find(({ name }) => name === target);
    const limit = Math.floor((node?.memoryTotalBytes ?? 0) * memoryShare);
    const room = limit - (node?.memoryTakenBytes ?? 0) + (freedBytes.get(target) ?? 0);
    return [target, Math.max(0, room)] as const;
  });
  return Object.fromEntries(rooms);
}

/** How much all reservations together may take at the places of these, with what is freed; key: `storagePlace`. */
export function storageRoom(
  { nodes }: Pick<ClusterLook, 'nodes'>,
  reservations: readonly StorageReservation[],
  freed: readonly StorageReservation[],
): Readonly<Record<string, number>> {
  const rooms = reservations.map((it) => {
    const view = viewOf({ nodes, copies: [] }, it.node, it.storage);
    const place = storagePlace(it);
    const back = freed.reduce((sum, gone) => sum + (storagePlace(gone) === place ? gone.bytes : 0), 0);
    return [place, view?.usable === true ? view.availableBytes + back : 0] as const;
  });
  return Object.fromEntries(rooms.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Storages that would be full if all new disks grew to their whole size. */
export function overcommitWarnings(
  { nodes }: Pick<ClusterLook, 'nodes'>,
  machines: readonly ChosenMachine[],
): readonly string[] {
  const input = { nodes, copies: [] };
  const wanted = new Map<string, { bytes: number; free: number }>();
  const add = (node: string, storage: string, bytes: number) => {
    const place = placeOf(input, node, storage);
    const free = viewOf(input, node, storage)?.availableBytes ?? 0;
    wanted.set(place, { free, bytes: (wanted.get(place)?.bytes ?? 0) + bytes });
  };
  for (const { wish, node, option } of machines) {
    const disk = firstDiskOf(option.source.keys);
    const bytes = Math.max(disk?.bytes ?? 0, wish.role.diskBytes ?? 0);
    add(node, option.storage ?? disk?.storage ?? '', bytes);
    for (const { storage, sizeBytes } of wish.role.moreDisks) add(node, storage, sizeBytes);
  }
  return [...wanted]
    .filter(([, { bytes, free }]) => bytes > free)
    .map(
      ([place, { bytes, free }]) =>
        `The new disks may grow to ${formatBytes(bytes)} on ${place}, where ${formatBytes(free)} are free.`,
    )
    .sort();
}
