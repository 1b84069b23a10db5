import type {
  LeaseAnswer,
  LeaseConflict,
  LeaseHolder,
  LeaseNodeRequest,
  LedgerView,
  MemoryLease,
  NodeLease,
  ReserveRequest,
} from '../../domain/lease';

/** A ledger after a wanted change, and the answer to who wanted it. Refused: the view is the old one. */
export interface LedgerChange {
  readonly view: LedgerView;
  readonly answer: LeaseAnswer;
}

/** Nothing is leased. */
export function emptyLedger(): LedgerView {
  return { nodes: [], memory: [] };
}

/** Whether both are the same operation. */
export function sameHolder(one: LeaseHolder, other: LeaseHolder): boolean {
  return one.workflowId === other.workflowId && one.firstExecutionRunId === other.firstExecutionRunId;
}

/** Everybody who holds anything, each once. */
export function holdersIn(view: LedgerView): LeaseHolder[] {
  const all = [...view.nodes, ...view.memory].map((lease) => lease.holder);
  return all.filter((holder, index) => all.findIndex((other) => sameHolder(holder, other)) === index);
}

/** The leases of everybody else. */
export function othersLeases(view: LedgerView, holder: LeaseHolder): LedgerView {
  return {
    nodes: view.nodes.filter((lease) => !sameHolder(lease.holder, holder)),
    memory: view.memory.filter((lease) => !sameHolder(lease.holder, holder)),
  };
}

/** Leases a node for emptying: nobody else may empty it, or have memory reserved on it. */
export function leaseNode(view: LedgerView, { holder, node }: LeaseNodeRequest, since: string): LedgerChange {
  const others = othersLeases(view, holder);
  const conflicts = [
    ...others.nodes.filter((lease) => lease.node === node).map(nodeConflict),
    ...others.memory.filter((lease) => lease.target === node).map(targetConflict),
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
  return granted({ nodes: view.nodes, memory: [...others.memory, ...own] });
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

function nodeConflict(lease: NodeLease): LeaseConflict {
  return { text: `${lease.node} is being emptied by ${lease.holder.workflowId}`, heldBy: lease.holder };
}

function targetConflict(lease: MemoryLease): LeaseConflict {
  return {
    text: `${lease.holder.workflowId} has memory reserved on ${lease.target} for VM ${lease.vmid}`,
    heldBy: lease.holder,
  };
}

function tooSmall(target: string, holder: LeaseHolder): LeaseConflict {
  return { text: `${target} has no room for what was planned any more`, heldBy: holder };
}

function granted(view: LedgerView): LedgerChange {
  return { view, answer: { granted: true } };
}

function refused(view: LedgerView, conflicts: readonly LeaseConflict[]): LedgerChange {
  return { view, answer: { granted: false, conflicts } };
}
