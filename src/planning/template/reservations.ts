import { storagePlace, type StorageReservation } from '../../domain/buildLease';
import type { PlannedTemplateCopy } from '../../domain/templatePlan';
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

function placed({ nodes }: TemplatePlanInput, node: string, storage: string) {
  const seen = nodes.find(({ name }) => name === node)?.storages.find((it) => it.storage === storage);
  return { node, storage, shared: seen?.shared ?? false };
}

function roomOf({ nodes }: TemplatePlanInput, { node, storage }: StorageReservation): number {
  const seen = nodes.find(({ name }) => name === node)?.storages.find((it) => it.storage === storage);
  return seen?.availableBytes ?? 0;
}
