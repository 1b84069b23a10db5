import { storagePlace, type PurposeRequest, type ReserveStorageRequest } from '../../domain/buildLease';
import type { LeaseConflict, LedgerView } from '../../domain/lease';
import { formatBytes } from '../../domain/rendering/sizes';
import { granted, nodeConflict, othersLeases, refused, sameHolder, type LedgerChange } from './ledger';

/**
 * Replaces the holder's storage reservations. Refused where somebody empties the writing node, or where all
 * reservations of a place together would take more than the room that fresh facts show: others are named as holding
 * it only where without theirs there would be enough.
 */
export function reserveStorage(
  view: LedgerView,
  { holder, reservations, roomBytes }: ReserveStorageRequest,
  since: string,
): LedgerChange {
  const others = othersLeases(view, holder);
  const nodes = new Set(reservations.map((it) => it.node));
  const conflicts: LeaseConflict[] = others.nodes.filter((it) => nodes.has(it.node)).map(nodeConflict);
  for (const place of new Set(reservations.map(storagePlace))) {
    const inTheWay = others.storage.filter((it) => storagePlace(it) === place);
    const wanted = bytesOf(reservations.filter((it) => storagePlace(it) === place));
    const free = roomBytes[place] ?? 0;
    if (wanted + bytesOf(inTheWay) <= free) continue;
    const room = noRoomText(place, wanted, free);
    if (wanted > free) {
      conflicts.push({ text: room, heldBy: holder });
      continue;
    }
    conflicts.push(
      ...inTheWay.map((it) => ({
        text: `${room}, of which ${it.holder.workflowId} has ${formatBytes(it.bytes)} reserved (${it.purpose})`,
        heldBy: it.holder,
      })),
    );
  }
  if (conflicts.length > 0) return refused(view, conflicts);
  const own = reservations.map((reservation) => ({ ...reservation, holder, since }));
  return granted({ ...view, storage: [...others.storage, ...own] });
}

/** What a place lacks, in words. */
export function noRoomText(place: string, neededBytes: number, freeBytes: number): string {
  return `${place} has no room: ${formatBytes(neededBytes)} needed, ${formatBytes(freeBytes)} free`;
}

/** Gives back one storage reservation: what was written shows in the storage's own figures. */
export function settleStorage(view: LedgerView, { holder, purpose }: PurposeRequest): LedgerView {
  const kept = view.storage.filter((it) => it.purpose !== purpose || !sameHolder(it.holder, holder));
  return { ...view, storage: kept };
}

function bytesOf(reservations: readonly { readonly bytes: number }[]): number {
  return reservations.reduce((total, { bytes }) => total + bytes, 0);
}
