import type { LeaseHolder } from '../../domain/lease';

/** The activities of the ledger workflow. */
export interface LedgerActivities {
  /** Which of the holders' operations have ended (or are forgotten by the server). */
  closedHolders(input: { readonly holders: readonly LeaseHolder[] }): Promise<readonly LeaseHolder[]>;
}
