import type { StorageLease } from '../../domain/buildLease';
import type {
  LeaseAnswer,
  LeaseConflict,
  LeaseHolder,
  LeaseNodeRequest,
  LedgerView,
  MemoryLease,
  NodeLease,
  ReserveRequest,
  ToldLedger,
} from '../../domain/lease';

/** A ledger after a wanted change, and the answer to who wanted it. Refused: the view is the old one. */
export interface LedgerChange<Answer = LeaseAnswer> {
  readonly view: LedgerView;
  readonly answer: Answer;
}

/** Nothing is leased. */
export function emptyLedger(): LedgerView {
  return { nodes: [], memory: [], vmids: [], quarantine: [], storage: [], cloneSlots: [], addresses: [] };
}

/** A ledger with everything that this version knows, from what an older one carried. */
export function completeLedger(told: ToldLedger): LedgerView {
  return { ...emptyLedger(), ...told };
}

/** Whether both are the same operation. */
export function sameHolder(one: LeaseHolder, other: LeaseHolder): boolean {
  return one.workflowId === other.workflowId && one.firstExecutionRunId === other.firstExecutionRunId;
}

/** Everybody who holds anything, each once. */
export function holdersIn(view: LedgerView): LeaseHolder[] {
  const { nodes, memory, vmids, storage, cloneSlots, addresses } = view;
  const leases = [...nodes, ...memory, ...vmids, ...storage, ...cloneSlots, ...addresses];
  const all = leases.map((lease) => lease.holder);
  return all.filter((holder, index) => all.findIndex((other) => sameHolder(holder, other)) === index);
}

/** The leases of everybody else; the quarantine belongs to nobody. */
export function othersLeases(view: LedgerView, holder: LeaseHolder): LedgerView {
  const ofOthers = (lease: { readonly holder: LeaseHolder }) => !sameHolder(lease.holder, holder);
  return {
    nodes: view.nodes.filter(ofOthers),
    memory: view.memory.filter(ofOthers),
    vmids: view.vmids.filter(ofOthers),
    quarantine: view.quarantine,
    storage: view.storage.filter(ofOthers),
    cloneSlots: view.cloneSlots.filter(ofOthers),
    addresses: view.addresses.filter(ofOthers),
  };
}

/** Leases a node for emptying: nobody else may empty it, have memory reserved on it, or write to its storages. */
export function leaseNode(view: LedgerView, { holder, node }: LeaseNodeRequest, since: string): LedgerChange {
  const others = othersLeases(view, holder);
  const conflicts = [
    ...others.nodes.filter((lease) => lease.node === node).map(nodeConflict),
    ...others.memory.filter((lease) => lease.target === node).map(targetConflict),
    ...others.storage.filter((lease) => lease.node === node).map(writerConflict),
  ];
  if (conflicts.length > 0) return refused(view, conflicts);
  const has = view.nodes.some((lease) => lease.node === node && sameHolder(lease.holder, holder));
  return granted(has ? view : { ...view, nodes: [...view.nodes, { holder, node, since }] });
}

/**
 * Replaces the holder's reservations. Refused where a target is being emptied by somebody, or where all
 * reservations together would take more than the room that fresh facts show.
 */
export function reserve(view: LedgerView, request: ReserveRequest, since: string): LedgerChange {
  const { holder, reservations, roomBytes } = request;
  const others = othersLeases(view, holder);
  const targets = [...new Set(reservations.map((reservation) => reservation.target))];
  const conflicts = targets.flatMap((target) => {
    const emptied = others.nodes.filter((lease) => lease.node === target).map(nodeConflict);
    const onTarget = others.memory.filter((lease) => lease.target === target);
    const wanted = sum(reservations.filter((reservation) => reservation.target === target));
    const fits = wanted + sum(onTarget) <= (roomBytes[target] ?? 0);
    return fits
      ? emptied
      : [
          ...emptied,
          ...onTarget.map(targetConflict),
          ...(onTarget.length === 0 ? [tooSmall(target, holder)] : []),
        ];
  });
  if (conflicts.length > 0) return refused(view, conflicts);
  const own = reservations.map((reservation) => ({ ...reservation, holder, since }));
  return granted({ ...view, memory: [...others.memory, ...own] });
}

/** Gives back one guest's reservation. */
export function settle(view: LedgerView, holder: LeaseHolder, vmid: number): LedgerView {
  return {
    ...view,
    memory: view.memory.filter((lease) => lease.vmid !== vmid || !sameHolder(lease.holder, holder)),
  };
}

/** Gives back everything of a holder. */
export function release(view: LedgerView, holder: LeaseHolder): LedgerView {
  return othersLeases(view, holder);
}

function sum(reservations: readonly { readonly memoryBytes: number }[]): number {
  return reservations.reduce((total, reservation) => total + reservation.memoryBytes, 0);
}

/** Somebody empties the node. */
export function nodeConflict(lease: NodeLease): LeaseConflict {
  return { text: `${lease.node} is being emptied by ${lease.holder.workflowId}`, heldBy: lease.holder };
}

function targetConflict(lease: MemoryLease): LeaseConflict {
  return {
    text: `${lease.holder.workflowId} has memory reserved on ${lease.target} for VM ${lease.vmid}`,
    heldBy: lease.holder,
  };
}

function writerConflict(lease: StorageLease): LeaseConflict {
  return {
    text: `${lease.holder.workflowId} writes to ${lease.storage} on ${lease.node}`,
    heldBy: lease.holder,
  };
}

function tooSmall(target: string, holder: LeaseHolder): LeaseConflict {
  return { text: `${target} has no room for what was planned any more`, heldBy: holder };
}

/** The view as wanted. */
export function granted(view: LedgerView): LedgerChange {
  return { view, answer: { granted: true } };
}

/** The view as it was, and who is in the way. */
export function refused(view: LedgerView, conflicts: readonly LeaseConflict[]): LedgerChange {
  return { view, answer: { granted: false, conflicts } };
}
