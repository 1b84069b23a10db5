import {
  WithStartWorkflowOperation,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  type Client,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { LeaseAnswer, LeaseHolder, LedgerView, ReserveRequest } from '../../domain/lease';
import { ledgerMessages, ledgerWorkflowId, taskQueueOf, workflowTypes } from '../../domain/names';
import { emptyLedger } from '../../planning/rules/ledger';

/** The ledger of one cluster, for activities. Every call starts the ledger if it does not live yet. */
export interface LedgerClient {
  view(): Promise<LedgerView>;
  leaseNode(holder: LeaseHolder, node: string): Promise<LeaseAnswer>;
  /** Replaces all reservations of the holder. */
  reserve(request: ReserveRequest): Promise<LeaseAnswer>;
  /** Gives back the reservation of one guest. */
  settle(holder: LeaseHolder, vmid: number): Promise<void>;
  /** Gives back everything. */
  release(holder: LeaseHolder): Promise<void>;
}

/** A ledger whose worker is about to end does not answer: the activity tries again then. */
const answerWithinMs = 15_000;

/** Makes the client of a cluster's ledger. */
export function createLedgerClient(client: Client, cluster: string): LedgerClient {
  const workflowId = ledgerWorkflowId(cluster);

  function update(name: string, argument: unknown): Promise<LeaseAnswer> {
    const startWorkflowOperation = new WithStartWorkflowOperation(workflowTypes.ledger, {
      workflowId,
      taskQueue: taskQueueOf(cluster),
      args: [{ cluster }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: `Leases of the cluster ${cluster}: nodes and memory`,
    });
    return client.withDeadline(Date.now() + answerWithinMs, () =>
      client.workflow.executeUpdateWithStart<Workflow, LeaseAnswer, [unknown]>(name, {
        args: [argument],
        startWorkflowOperation,
      }),
    );
  }

  return {
    async view() {
      try {
        return await client.withDeadline(Date.now() + answerWithinMs, () =>
          client.workflow.getHandle(workflowId).query<LedgerView>(ledgerMessages.leases),
        );
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
    async release(holder) {
      await update(ledgerMessages.release, { holder });
    },
  };
}
