import type { Client } from '@temporalio/client';
import type { ClusterConfig } from '../config/clusterConfig';
import type { CredentialStore } from '../credentials/store';
import type { TaskPoller } from '../proxmox/tasks/poller';
import type { ProxmoxClient } from '../proxmox/types';
import type { Ssh } from '../ssh/ssh';

/** Everything the activities act with; made once by the worker (no module singletons). */
export interface ActivityDependencies {
  readonly config: ClusterConfig;
  readonly proxmox: ProxmoxClient;
  /** The one poller of this worker and cluster. */
  readonly poller: TaskPoller;
  readonly credentials: CredentialStore;
  /** For the operations on access, and to look at the way there: root on the nodes. Nobody is contacted before the first use. */
  readonly ssh: Pick<Ssh, 'run' | 'files' | 'hostKey'>;
  /** For the ledger: an entity workflow that activities reach by update-with-start. */
  readonly temporal: Client;
  /** Where runs of playbooks are kept. Default: in the state folder. */
  readonly ansibleFolder?: string;
  /** Folder of the secrets of Talos clusters. Default: in the state folder. */
  readonly talosFolder?: string;
  /** Where reports of closed operations are written. */
  readonly reportsFolder: string;
}
