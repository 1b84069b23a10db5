import { WorkflowNotFoundError } from '@temporalio/common';
import type { LedgerView, ToldLedger } from '../../domain/lease';
import { ledgerMessages, ledgerWorkflowId } from '../../domain/names';
import { completeLedger, emptyLedger } from '../../planning/rules/ledger';
import type { Session } from '../session';
import { query } from './read';

/** What is leased in a cluster; undefined if no worker answers. Nothing was ever leased: an empty ledger. */
export async function readLedger(
  session: Pick<Session, 'client'>,
  cluster: string,
): Promise<LedgerView | undefined> {
  const client = await session.client();
  try {
    const told = await query<ToldLedger>(client, ledgerWorkflowId(cluster), ledgerMessages.leases);
    return told === undefined ? undefined : completeLedger(told);
  } catch (error) {
    // It is started by the first operation that leases something.
    if (error instanceof WorkflowNotFoundError) return emptyLedger();
    throw error;
  }
}
