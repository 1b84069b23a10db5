import { storagePlace, type PurposeRequest, type ReserveStorageRequest } from '../../domain/buildLease';
import type { LeaseConflict, LedgerView } from '../../domain/lease';
import { granted, nodeConflict, othersLeases, refused, sameHolder, type LedgerChange } from './ledger';

/**
 * Replaces the holder's storage reservations. Refused where somebody empties the writing node, or where all
 * reservations of a place together would take more than the room that fresh facts show.
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
    if (wanted + bytesOf(inTheWay) <= (roomBytes[place] ?? 0)) continue;
    conflicts.push(
      ...inTheWay.map((it) => ({
        text: `${it.holder.workflowId} has room reserved on ${place} (${it.purpose})`,
        heldBy: it.holder,
      })),
    );
    if (inTheWay.length === 0)
      conflicts.push({ text: `${place} has no room for what is planned`, heldBy: holder });
  }
  if (conflicts.length > 0) return refused(view, conflicts);
  const own = reservations.map((reservation) => ({ ...reservation, holder, since }));
  return granted({ ...view, storage: [...others.storage, ...own] });
}

/** Gives back one storage reservation: what was written shows in the storage's own figures. */
export function settleStorage(view: LedgerView, { holder, purpose }: PurposeRequest): LedgerView {
  const kept = view.storage.filter((it) => it.purpose !== purpose || !sameHolder(it.holder, holder));
  return { ...view, storage: kept };
}

function bytesOf(reservations: readonly { readonly bytes: number }[]): number {
  return reservations.reduce((total, { bytes }) => total + bytes, 0);
}
