import {
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import pLimit, { type LimitFunction } from 'p-limit';
import type {
  CloneSlotRequest,
  LeaseVmidRequest,
  ReserveStorageRequest,
  VmidAnswer,
} from '../../domain/buildLease';
import type {
  LeaseAddressesRequest,
  LeaseAnswer,
  LeaseHolder,
  LedgerView,
  ReserveRequest,
  ToldLedger,
} from '../../domain/lease';
import { ledgerMessages, ledgerWorkflowId, taskQueueOf, workflowTypes } from '../../domain/names';
import { completeLedger, emptyLedger } from '../../planning/rules/ledger';
import { watchEndingHolders, whileItGoesOn } from './endingHolder';

/** The ledger of one cluster, for activities. Every call starts the ledger if it does not live yet. */
export interface LedgerClient {
  view(): Promise<LedgerView>;
  leaseNode(holder: LeaseHolder, node: string): Promise<LeaseAnswer>;
  /** Replaces all reservations of the holder. */
  reserve(request: ReserveRequest): Promise<LeaseAnswer>;
  /** Gives back the reservation of one guest. */
  settle(holder: LeaseHolder, vmid: number): Promise<void>;
  /** The VMID that the holder has for the purpose, or a new one. */
  leaseVmid(request: LeaseVmidRequest): Promise<VmidAnswer>;
  /** Right before the DELETE of a guest: its VMID is leased to nobody for some hours. */
  quarantineVmid(holder: LeaseHolder, vmid: number): Promise<void>;
  /** Replaces all storage reservations of the holder. */
  reserveStorage(request: ReserveStorageRequest): Promise<LeaseAnswer>;
  settleStorage(holder: LeaseHolder, purpose: string): Promise<void>;
  /**
   * Waits some seconds for its turn; refused after that: ask again. Fails with Interrupted, once and for all, where the
   * holder is being ended meanwhile.
   */
  takeCloneSlot(request: CloneSlotRequest): Promise<LeaseAnswer>;
  giveCloneSlotBack(holder: LeaseHolder, purpose: string): Promise<void>;
  /** Replaces all addresses of the holder; refused where another operation has one of them. */
  leaseAddresses(request: LeaseAddressesRequest): Promise<LeaseAnswer>;
  /** Gives back everything. */
  release(holder: LeaseHolder): Promise<void>;
}

/** A ledger whose worker is about to end does not answer: the activity tries again then. */
const answerWithinMs = 15_000;

/**
 * Temporal has at most ten updates of one workflow under way: with ten that wait for a clone slot nobody could give one
 * back any more. One waits for each storage, some in all; the others wait here.
 */
const atOnce = { answered: 6, waiting: 3, waitingForOnePlace: 1 } as const;

/** Makes the client of a cluster's ledger. */
export function createLedgerClient(client: Client, cluster: string): LedgerClient {
  const workflowId = ledgerWorkflowId(cluster);
  const answered = pLimit(atOnce.answered);
  const waiting = pLimit(atOnce.waiting);
  const places = new Map<string, LimitFunction>();
  const holders = watchEndingHolders(client);

  function update<Answer = LeaseAnswer>(name: string, argument: unknown): Promise<Answer> {
    return answered(() => send<Answer>(name, argument));
  }

  /** A wish that is withdrawn while it waits here is not sent any more. */
  function waitForSlot(
    request: CloneSlotRequest,
    wish: { readonly isWithdrawn: boolean },
  ): Promise<LeaseAnswer> {
    const place = `${request.node} ${request.storage} ${request.kind}`;
    const inTurn = places.get(place) ?? pLimit(atOnce.waitingForOnePlace);
    places.set(place, inTurn);
    const refused: LeaseAnswer = { granted: false, conflicts: [] };
    const ask = async () => (wish.isWithdrawn ? refused : send(ledgerMessages.takeCloneSlot, request));
    return inTurn(() => waiting(ask));
  }

  function send<Answer = LeaseAnswer>(name: string, argument: unknown): Promise<Answer> {
    const startWorkflowOperation = new WithStartWorkflowOperation(workflowTypes.ledger, {
      workflowId,
      taskQueue: taskQueueOf(cluster),
      args: [{ cluster }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: `Leases of the cluster ${cluster}: nodes, memory, VMIDs, storage, clone slots`,
    });
    return client.withDeadline(Date.now() + answerWithinMs, () =>
      client.workflow.executeUpdateWithStart<Workflow, Answer, [unknown]>(name, {
        args: [argument],
        startWorkflowOperation,
      }),
    );
  }

  async function giveCloneSlotBack(holder: LeaseHolder, purpose: string): Promise<void> {
    await update(ledgerMessages.giveCloneSlotBack, { holder, purpose });
  }

  return {
    async view() {
      try {
        const told = await client.withDeadline(Date.now() + answerWithinMs, () =>
          client.workflow.getHandle(workflowId).query<ToldLedger>(ledgerMessages.leases),
        );
        return completeLedger(told);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return emptyLedger();
        throw error;
      }
    },
    leaseNode: (holder, node) => update(ledgerMessages.leaseNode, { holder, node }),
    reserve: (request) => update(ledgerMessages.reserve, request),
    async settle(holder, vmid) {
      await update(ledgerMessages.settle, { holder, vmid });
    },
    leaseVmid: (request) => update<VmidAnswer>(ledgerMessages.leaseVmid, request),
    async quarantineVmid(holder, vmid) {
      await update(ledgerMessages.quarantineVmid, { holder, vmid });
    },
    reserveStorage: (request) => update(ledgerMessages.reserveStorage, request),
    async settleStorage(holder, purpose) {
      await update(ledgerMessages.settleStorage, { holder, purpose });
    },
    takeCloneSlot(request) {
      const wish = { isWithdrawn: false };
      return whileItGoesOn(holders, request.holder, waitForSlot(request, wish), () => {
        wish.isWithdrawn = true;
        return giveCloneSlotBack(request.holder, request.purpose);
      });
    },
    giveCloneSlotBack,
    leaseAddresses: (request) => update(ledgerMessages.leaseAddresses, request),
    async release(holder) {
      await update(ledgerMessages.release, { holder });
    },
  };
}
