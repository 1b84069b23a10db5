import type { ClusterConfig } from '../../config/clusterConfig';
import type { CredentialStore } from '../../credentials/store';
import type { Ssh } from '../../ssh/ssh';

/** What a checkup needs. */
export interface CheckupDependencies {
  readonly config: ClusterConfig;
  readonly credentials: CredentialStore;
  readonly ssh: Pick<Ssh, 'run' | 'hostKey'>;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** A node that has not answered after this is called unreachable. Default 5 s. */
  readonly nodePatienceMs?: number;
}

/** The default of `nodePatienceMs`. */
export const defaultNodePatienceMs = 5_000;
