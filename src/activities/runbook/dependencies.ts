import type { SecretReader } from '../../credentials/secrets';
import type { ActivityDependencies } from '../dependencies';
import type { LedgerClient } from '../ledger/client';

/** What the steps of runbooks act with. */
export interface RunbookDependencies extends Pick<
  ActivityDependencies,
  'config' | 'proxmox' | 'poller' | 'credentials' | 'ssh'
> {
  readonly secrets: SecretReader;
  readonly ledger: Pick<LedgerClient, 'leaseVmid' | 'giveCloneSlotBack'>;
}
