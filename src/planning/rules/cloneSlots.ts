import type { CloneSlotRequest, PurposeRequest } from '../../domain/buildLease';
import type { LedgerView } from '../../domain/lease';
import { granted, refused, sameHolder, type LedgerChange } from './ledger';

/**
 * Clones at once on one storage of a node. More full ones share the same bandwidth; more linked ones time out on
 * the storage's lock after 10 s (`got timeout`): each holds it for a moment for every disk, and who waits gets it by chance.
 */
export const cloneSlotsPerStorage = { full: 2, linked: 4 } as const;

/** Takes a slot; refused while all of this kind are taken. The holder's own slot for the purpose is kept. */
export function takeCloneSlot(view: LedgerView, request: CloneSlotRequest, since: string): LedgerChange {
  const { holder, purpose, node, storage, kind } = request;
  const has = view.cloneSlots.some((it) => it.purpose === purpose && sameHolder(it.holder, holder));
  if (has) return granted(view);
  const taken = view.cloneSlots.filter(
    (it) => it.node === node && it.storage === storage && it.kind === kind,
  );
  if (taken.length >= cloneSlotsPerStorage[kind]) {
    const conflicts = taken.map((it) => ({
      text: `${it.holder.workflowId} clones on ${storage} of ${node} (${it.purpose})`,
      heldBy: it.holder,
    }));
    return refused(view, conflicts);
  }
  return granted({
    ...view,
    cloneSlots: [...view.cloneSlots, { holder, purpose, node, storage, kind, since }],
  });
}

/** Gives a slot back. */
export function giveCloneSlotBack(view: LedgerView, { holder, purpose }: PurposeRequest): LedgerView {
  const kept = view.cloneSlots.filter((it) => it.purpose !== purpose || !sameHolder(it.holder, holder));
  return { ...view, cloneSlots: kept };
}
