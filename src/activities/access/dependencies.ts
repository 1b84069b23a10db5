import type { ClusterConfig } from '../../config/clusterConfig';
import type { CredentialStore } from '../../credentials/store';
import type { CredentialWriter } from '../../credentials/writer';
import type { Ssh } from '../../ssh/ssh';

/** What the operations on access act with. */
export interface AccessDependencies {
  readonly config: ClusterConfig;
  readonly ssh: Pick<Ssh, 'run' | 'files'>;
  /** The token that this worker uses: it forgets an old one as soon as a new one is in its place. */
  readonly credentials: CredentialStore;
  /** Undefined where the configured place can't be written to from here. */
  readonly writer: CredentialWriter | undefined;
}
