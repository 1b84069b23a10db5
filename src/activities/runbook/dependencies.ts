import type { SecretReader } from '../../credentials/secrets';
import type { ActivityDependencies } from '../dependencies';

/** What the steps of runbooks act with. */
export interface RunbookDependencies extends Pick<
  ActivityDependencies,
  'config' | 'proxmox' | 'poller' | 'credentials' | 'ssh'
> {
  readonly secrets: SecretReader;
}
