import type { CloneSlot, CloneSlotRequest, PurposeRequest } from '../../domain/buildLease';
import type { LeaseAnswer, LedgerView } from '../../domain/lease';
import { refused, sameHolder, type LedgerChange } from './ledger';

/**
 * Clones at once on one storage of a node. More full ones share the same bandwidth; more linked ones time out on
 * the storage's lock after 10 s (`got timeout`): each holds it for a moment for every disk, and who waits gets it by chance.
 */
export const cloneSlotsPerStorage = { full: 2, linked: 4 } as const;

/**
 * Linked clones on a storage that nodes share. Its lock is one for all nodes, and whoever finds it taken tries again only a
 * second later, for 10 s (PVE::Cluster::cfs_lock): of clones that are asked for together one gets through each second, and one
 * may never. Asked for so far apart that each finds it free, many may be under way.
 */
export const sharedLinkedClones = {
  slots: 16,
  /** How long a clone has the lock for one volume (disk, EFI disk, cloud-init drive). */
  lockedMsPerVolume: 100,
  /** Of a clone of which it is not known. */
  usualVolumes: 3,
  /** Between the end of one and the next one. */
  spareMs: 50,
  /** The least until a clone is asked for: the answer takes a while to come, and those after it must not be too early. */
  leadMs: 250,
  /**
   * Whose end is not known by then mostly still waits for the lock (ends are seen up to 3 s late): the storage is a slow one,
   * and more clones would only wait as well.
   */
  slowAfterMs: 8_000,
  slotsWhileSlow: 4,
  /** The lock is given up after 10 s, mostly of the first volume: whoever is under way for so long waits for something else. */
  slowUntilMs: 15_000,
} as const;

/**
 * Takes a slot; refused while all of this kind are taken. The holder's own slot for the purpose is kept. Granted for a linked
 * clone on a shared storage, it may have to wait for its moment.
 */
export function takeCloneSlot(view: LedgerView, request: CloneSlotRequest, since: string): LedgerChange {
  const { holder, purpose } = request;
  const own = view.cloneSlots.find((it) => it.purpose === purpose && sameHolder(it.holder, holder));
  if (own !== undefined) return { view, answer: grantedFrom(own, since) };
  const taken = view.cloneSlots.filter((it) => isOfOnePlace(it, request));
  if (taken.length >= slotsOf(request, taken, since)) {
    const conflicts = taken.map((it) => ({
      text: `${it.holder.workflowId} clones on ${it.storage} of ${it.node} (${it.purpose})`,
      heldBy: it.holder,
    }));
    return refused(view, conflicts);
  }
  const slot = slotFor(request, taken, since);
  return { view: { ...view, cloneSlots: [...view.cloneSlots, slot] }, answer: grantedFrom(slot, since) };
}

/** Whether both are for clones of one kind that are in each other's way: on one shared storage, or one storage of one node. */
function isOfOnePlace(slot: CloneSlot, request: CloneSlotRequest): boolean {
  if (slot.storage !== request.storage || slot.kind !== request.kind) return false;
  return isPaced(request) ? isPaced(slot) : slot.node === request.node && !isPaced(slot);
}

function isPaced({ kind, shared }: Pick<CloneSlotRequest, 'kind' | 'shared'>): boolean {
  return kind === 'linked' && shared === true;
}

function slotsOf(request: CloneSlotRequest, taken: readonly CloneSlot[], now: string): number {
  if (!isPaced(request)) return cloneSlotsPerStorage[request.kind];
  const { slots, slotsWhileSlow, slowAfterMs, slowUntilMs } = sharedLinkedClones;
  const isSlow = taken.some((it) => {
    const forMs = Date.parse(now) - Date.parse(it.sendAt ?? it.since);
    return forMs > slowAfterMs && forMs < slowUntilMs;
  });
  return isSlow ? slotsWhileSlow : slots;
}

function slotFor(request: CloneSlotRequest, taken: readonly CloneSlot[], since: string): CloneSlot {
  const { holder, purpose, node, storage, kind, volumes } = request;
  const slot = { holder, purpose, node, storage, kind, since };
  if (!isPaced(request)) return slot;
  const sendAt = nextMoment(taken, since);
  return { ...slot, shared: true, ...(volumes === undefined ? {} : { volumes }), sendAt };
}

/** The ones before may have moments that are still to come. */
function nextMoment(taken: readonly CloneSlot[], now: string): string {
  const { leadMs, spareMs, lockedMsPerVolume, usualVolumes } = sharedLinkedClones;
  const free = taken.map(({ since, sendAt = since, volumes = usualVolumes }) => {
    return Date.parse(sendAt) + volumes * lockedMsPerVolume + spareMs;
  });
  return new Date(Math.max(Date.parse(now) + leadMs, ...free)).toISOString();
}

function grantedFrom({ sendAt }: Pick<CloneSlot, 'sendAt'>, now: string): LeaseAnswer {
  if (sendAt === undefined) return { granted: true };
  const inMs = Date.parse(sendAt) - Date.parse(now);
  return inMs > 0 ? { granted: true, turn: { at: sendAt, inMs } } : { granted: true };
}

/** Gives a slot back. */
export function giveCloneSlotBack(view: LedgerView, { holder, purpose }: PurposeRequest): LedgerView {
  const kept = view.cloneSlots.filter((it) => it.purpose !== purpose || !sameHolder(it.holder, holder));
  return { ...view, cloneSlots: kept };
}
