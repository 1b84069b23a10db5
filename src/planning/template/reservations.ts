import { ManagerError, problem } from '../../domain/errors';
import { storagePlace, type StorageReservation } from '../../domain/buildLease';
import type { PlannedTemplateCopy, TemplatePlan } from '../../domain/templatePlan';
import { noRoomText } from '../rules/storageLeases';
import { diskStorageOf } from './configurationOf';
import { diskBytesOf } from './outlineCopies';
import type { TemplatePlanInput } from './planInput';

/** Firmware variables, cloud-init drive, and what a test clone writes while it boots. */
const besidesBytes = 2 ** 30;

/** Room that the copies take: the disks, and the images as long as they lie on the nodes. */
export function reservationsOf(
  input: TemplatePlanInput,
  copies: readonly PlannedTemplateCopy[],
): {
  readonly reservations: readonly StorageReservation[];
  readonly roomBytes: Readonly<Record<string, number>>;
} {
  const { source } = input;
  const imageBytes = source.kind === 'image' ? (source.sizeBytes ?? 0) : 0;
  const wanted = copies.flatMap((copy) => {
    const disk = placed(input, copy.node, diskStorageOf(input));
    const image =
      copy.import?.way === 'rest' && imageBytes > 0
        ? placed(input, copy.node, copy.import.storage)
        : undefined;
    return [
      { ...disk, purpose: `disk/${copy.node}`, bytes: diskBytesOf(input) + besidesBytes },
      ...(image === undefined ? [] : [{ ...image, purpose: `image/${copy.node}`, bytes: imageBytes }]),
    ];
  });
  // Copies are built one after the other: a shared storage has the image of one at a time.
  const reservations = wanted.filter(
    (it, index) =>
      !it.shared ||
      !it.purpose.startsWith('image/') ||
      wanted.findIndex((other) => other.storage === it.storage && other.purpose.startsWith('image/')) ===
        index,
  );
  const rooms = reservations.map((it) => [storagePlace(it), roomOf(input, it)] as const);
  return { reservations, roomBytes: Object.fromEntries(rooms) };
}

/**
 * Throws InputInvalid where a storage itself, without what other operations have reserved, lacks room for the plan: no
 * waiting for anybody would help.
 */
export function requireRoom({
  name,
  reservations,
  roomBytes,
}: Pick<TemplatePlan, 'name' | 'reservations' | 'roomBytes'>): void {
  const places = [...new Set(reservations.map(storagePlace))].map((place) => ({
    place,
    needed: reservations
      .filter((it) => storagePlace(it) === place)
      .reduce((total, { bytes }) => total + bytes, 0),
    free: roomBytes[place] ?? 0,
  }));
  const full = places.filter(({ needed, free }) => needed > free);
  if (full.length === 0) return;
  const names = full.map(({ place }) => place).join(', ');
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `find room for the template ${name}`,
      failed: full.map(({ place, needed, free }) => noRoomText(place, needed, free)).join('; '),
      remedy: `Free room on ${names} (pxm storage shows what is full), leave such nodes out with --nodes, or take another storage: defaults.storage, or the runbook's parameters for storages.`,
    }),
  );
}

function placed({ nodes }: TemplatePlanInput, node: string, storage: string) {
  const seen = nodes.find(({ name }) => name === node)?.storages.find((it) => it.storage === storage);
  return { node, storage, shared: seen?.shared ?? false };
}

function roomOf({ nodes }: TemplatePlanInput, { node, storage }: StorageReservation): number {
  const seen = nodes.find(({ name }) => name === node)?.storages.find((it) => it.storage === storage);
  return seen?.availableBytes ?? 0;
}
