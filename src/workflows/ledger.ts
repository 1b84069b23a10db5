import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { LedgerActivities } from '../activities/ledger/contract';
import type {
  CloneSlotRequest,
  LeaseVmidRequest,
  PurposeRequest,
  QuarantineRequest,
  ReserveStorageRequest,
  VmidAnswer,
} from '../domain/buildLease';
import type {
  LeaseAddressesRequest,
  LeaseAnswer,
  LeaseConflict,
  LeaseHolder,
  LeaseNodeRequest,
  LedgerView,
  ReleaseRequest,
  ReserveRequest,
  SettleRequest,
  ToldLedger,
} from '../domain/lease';
import { ledgerMessages } from '../domain/names';
import { leaseAddresses } from '../planning/rules/addressLeases';
import { giveCloneSlotBack, takeCloneSlot } from '../planning/rules/cloneSlots';
import {
  completeLedger,
  emptyLedger,
  granted,
  holdersIn,
  leaseNode,
  release,
  reserve,
  sameHolder,
  settle,
  type LedgerChange,
} from '../planning/rules/ledger';
import { reserveStorage, settleStorage } from '../planning/rules/storageLeases';
import { leaseVmid, quarantineVmid } from '../planning/rules/vmidLeases';
import {
  checkLeaseAddresses,
  checkLeaseNode,
  checkLeaseVmid,
  checkPurpose,
  checkQuarantineVmid,
  checkRelease,
  checkReserve,
  checkReserveStorage,
  checkSettle,
  checkTakeCloneSlot,
} from './ledgerRequests';

/** What the ledger of a cluster is started with. */
export interface LedgerRequest {
  readonly cluster: string;
  /** Continue as new at this many history events instead of when the server suggests it (tests). */
  readonly historyEventLimit?: number;
}

const { closedHolders } = proxyActivities<LedgerActivities>({
  startToCloseTimeout: '30s',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '10s', maximumAttempts: 5 },
});

/** How often leases of closed operations are looked for while anything is leased. */
const sweepEvery = '10m';

/** How long a wish for a clone slot waits in the queue before it is refused; the activity asks again then. */
const slotPatience = '8s';

/**
 * The ledger of one Proxmox cluster: which operation has which node, VMIDs, addresses and clone slots, and how much
 * memory and storage where. It lives as long as the cluster is worked on; callers reach it by update-with-start.
 */
export async function ledger(request: LedgerRequest, carried?: ToldLedger): Promise<never> {
  let view = completeLedger(carried ?? emptyLedger());
  /** Wishes for a clone slot that wait for their turn. */
  const queue = new Set<CloneSlotRequest>();

  /** Applies a change; if leases of others are in its way, asks first whether their operations still live. */
  async function change<Answer extends AnyAnswer>(
    apply: (view: LedgerView) => LedgerChange<Answer>,
  ): Promise<Answer> {
    const first = apply(view);
    if (first.answer.granted) return accept(first);
    await freeClosed(eachOnce(conflictsOf(first.answer).map((conflict) => conflict.heldBy)));
    return accept(apply(view));
  }

  function accept<Answer extends AnyAnswer>({ view: next, answer }: LedgerChange<Answer>): Answer {
    if (answer.granted) view = next;
    return answer;
  }

  /** Slots come free within seconds: a wish waits for its turn. */
  async function slot(wanted: CloneSlotRequest): Promise<LeaseAnswer> {
    const take = (now: LedgerView) => takeCloneSlot(now, wanted, since());
    const first = await change(take);
    if (first.granted) return first;
    queue.add(wanted);
    await condition(() => !queue.has(wanted) || take(view).answer.granted, slotPatience);
    return queue.delete(wanted) ? accept(take(view)) : first;
  }

  /** Nobody waits any more for what would never be given back. */
  function withdraw(isWithdrawn: (wish: CloneSlotRequest) => boolean): void {
    for (const wish of queue) if (isWithdrawn(wish)) queue.delete(wish);
  }

  async function freeClosed(holders: readonly LeaseHolder[]): Promise<void> {
    if (holders.length === 0) return;
    for (const holder of await closedHolders({ holders })) view = release(view, holder);
  }

  const since = () => new Date().toISOString();
  setHandler(leasesQuery, () => view, { description: 'Everything that is leased.' });
  setHandler(leaseNodeUpdate, (wanted) => change((now) => leaseNode(now, wanted, since())), {
    validator: checkLeaseNode,
  });
  setHandler(reserveUpdate, (wanted) => change((now) => reserve(now, wanted, since())), {
    validator: checkReserve,
  });
  setHandler(settleUpdate, ({ holder, vmid }) => accept(granted(settle(view, holder, vmid))), {
    validator: checkSettle,
  });
  setHandler(leaseVmidUpdate, (wanted) => change((now) => leaseVmid(now, wanted, since())), {
    validator: checkLeaseVmid,
  });
  setHandler(quarantineVmidUpdate, (wanted) => accept(quarantineVmid(view, wanted, since())), {
    validator: checkQuarantineVmid,
  });
  setHandler(reserveStorageUpdate, (wanted) => change((now) => reserveStorage(now, wanted, since())), {
    validator: checkReserveStorage,
  });
  setHandler(settleStorageUpdate, (wanted) => accept(granted(settleStorage(view, wanted))), {
    validator: checkPurpose,
  });
  setHandler(takeCloneSlotUpdate, slot, { validator: checkTakeCloneSlot });
  setHandler(
    giveCloneSlotBackUpdate,
    (wanted) => {
      withdraw((it) => it.purpose === wanted.purpose && sameHolder(it.holder, wanted.holder));
      return accept(granted(giveCloneSlotBack(view, wanted)));
    },
    { validator: checkPurpose },
  );
  setHandler(leaseAddressesUpdate, (wanted) => change((now) => leaseAddresses(now, wanted, since())), {
    validator: checkLeaseAddresses,
  });
  setHandler(
    releaseUpdate,
    ({ holder }) => {
      withdraw((it) => sameHolder(it.holder, holder));
      return accept(granted(release(view, holder)));
    },
    { validator: checkRelease },
  );

  const long = () =>
    workflowInfo().continueAsNewSuggested ||
    workflowInfo().historyLength >= (request.historyEventLimit ?? Infinity);
  while (!long()) {
    if (holdersIn(view).length === 0) {
      await condition(() => long() || holdersIn(view).length > 0);
      continue;
    }
    const waited = await condition(long, sweepEvery, {
      summary: 'looks for leases of operations that have ended',
    });
    if (!waited) await sweep();
  }
  await condition(allHandlersFinished);
  return continueAsNew<typeof ledger>(request, view);

  async function sweep(): Promise<void> {
    try {
      await freeClosed(holdersIn(view));
    } catch {
      // The holders could not be looked up now; the next sweep, or the next conflict, asks again.
    }
  }
}

type AnyAnswer = LeaseAnswer | VmidAnswer;

function conflictsOf(answer: AnyAnswer): readonly LeaseConflict[] {
  return answer.granted ? [] : answer.conflicts;
}

function eachOnce(holders: readonly LeaseHolder[]): readonly LeaseHolder[] {
  return holders.filter((holder, at) => holders.findIndex((it) => sameHolder(it, holder)) === at);
}

const leasesQuery = defineQuery<LedgerView>(ledgerMessages.leases);
const leaseNodeUpdate = defineUpdate<LeaseAnswer, [LeaseNodeRequest]>(ledgerMessages.leaseNode);
const reserveUpdate = defineUpdate<LeaseAnswer, [ReserveRequest]>(ledgerMessages.reserve);
const settleUpdate = defineUpdate<LeaseAnswer, [SettleRequest]>(ledgerMessages.settle);
const releaseUpdate = defineUpdate<LeaseAnswer, [ReleaseRequest]>(ledgerMessages.release);
const leaseVmidUpdate = defineUpdate<VmidAnswer, [LeaseVmidRequest]>(ledgerMessages.leaseVmid);
const quarantineVmidUpdate = defineUpdate<LeaseAnswer, [QuarantineRequest]>(ledgerMessages.quarantineVmid);
const reserveStorageUpdate = defineUpdate<LeaseAnswer, [ReserveStorageRequest]>(
  ledgerMessages.reserveStorage,
);
const settleStorageUpdate = defineUpdate<LeaseAnswer, [PurposeRequest]>(ledgerMessages.settleStorage);
const takeCloneSlotUpdate = defineUpdate<LeaseAnswer, [CloneSlotRequest]>(ledgerMessages.takeCloneSlot);
const giveCloneSlotBackUpdate = defineUpdate<LeaseAnswer, [PurposeRequest]>(ledgerMessages.giveCloneSlotBack);
const leaseAddressesUpdate = defineUpdate<LeaseAnswer, [LeaseAddressesRequest]>(
  ledgerMessages.leaseAddresses,
);
