import { log } from '@temporalio/activity';
import type { LeaseHolder } from '../../domain/lease';
import type { LedgerClient } from '../ledger/client';

/**
 * Gives back the reservation of a guest that has arrived. A ledger that does not answer now does not spoil the
 * proof: the reservation is given back with all others when the operation closes.
 */
export async function settleReservation(
  ledger: LedgerClient,
  holder: LeaseHolder,
  vmid: number,
): Promise<void> {
  try {
    await ledger.settle(holder, vmid);
  } catch (error) {
    log.warn('a reservation was not settled', {
      vmid,
      reason: error instanceof Error ? error.message : 'unknown',
    });
  }
}
