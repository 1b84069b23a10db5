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
  LeaseAnswer,
  LeaseHolder,
  LeaseNodeRequest,
  LedgerView,
  ReleaseRequest,
  ReserveRequest,
  SettleRequest,
} from '../domain/lease';
import { ledgerMessages } from '../domain/names';
import {
  emptyLedger,
  holdersIn,
  leaseNode,
  release,
  reserve,
  settle,
  type LedgerChange,
} from '../planning/rules/ledger';
import { checkLeaseNode, checkRelease, checkReserve, checkSettle } from './ledgerRequests';

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

/**
 * The ledger of one Proxmox cluster: which operation has which node and how much memory on which target. It
 * lives as long as the cluster is worked on; callers reach it by update-with-start.
 */
export async function ledger(request: LedgerRequest, carried?: LedgerView): Promise<never> {
  let view = carried ?? emptyLedger();

  /** Applies a change; if leases of others are in its way, asks first whether their operations still live. */
  async function change(apply: (view: LedgerView) => LedgerChange): Promise<LeaseAnswer> {
    const first = apply(view);
    if (first.answer.granted) return accept(first);
    await freeClosed(first.answer.conflicts.map((conflict) => conflict.heldBy));
    return accept(apply(view));
  }

  function accept({ view: next, answer }: LedgerChange): LeaseAnswer {
    if (answer.granted) view = next;
    return answer;
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
  setHandler(releaseUpdate, ({ holder }) => accept(granted(release(view, holder))), {
    validator: checkRelease,
  });

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

function granted(view: LedgerView): LedgerChange {
  return { view, answer: { granted: true } };
}

const leasesQuery = defineQuery<LedgerView>(ledgerMessages.leases);
const leaseNodeUpdate = defineUpdate<LeaseAnswer, [LeaseNodeRequest]>(ledgerMessages.leaseNode);
const reserveUpdate = defineUpdate<LeaseAnswer, [ReserveRequest]>(ledgerMessages.reserve);
const settleUpdate = defineUpdate<LeaseAnswer, [SettleRequest]>(ledgerMessages.settle);
const releaseUpdate = defineUpdate<LeaseAnswer, [ReleaseRequest]>(ledgerMessages.release);
