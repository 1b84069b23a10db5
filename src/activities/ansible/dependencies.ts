import type { SecretReader } from '../../credentials/secrets';
import type { ActivityDependencies } from '../dependencies';

/** What running playbooks acts with. */
export interface AnsibleDependencies extends Pick<ActivityDependencies, 'config' | 'credentials'> {
  readonly secrets: SecretReader;
  /** Of the vault password; absent: the configuration names no place for it. */
  readonly vaultPassword?: SecretReader;
  /** Where runs are kept on this machine. */
  readonly folder: string;
}
