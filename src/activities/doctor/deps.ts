import type { ClusterConfig, ClusterNode } from '../../config/clusterConfig';
import type { CredentialStore } from '../../credentials/store';
import type { SshHost } from '../../ssh/settings/host';
import type { Ssh } from '../../ssh/ssh';

/** What a checkup needs. */
export interface CheckupDependencies {
  readonly config: ClusterConfig;
  readonly credentials: CredentialStore;
  readonly ssh: Pick<Ssh, 'run' | 'hostKey'>;
  /** How a node is reached by SSH. Default: its address, as `credentials.ssh_user`, the rest as `~/.ssh/config` says. */
  readonly sshHostOf?: (node: ClusterNode) => SshHost;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** A node that has not answered after this is called unreachable. Default 5 s. */
  readonly nodePatienceMs?: number;
}

/** The default of `nodePatienceMs`. */
export const defaultNodePatienceMs = 5_000;
