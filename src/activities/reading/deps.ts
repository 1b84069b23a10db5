import type { ProxmoxClient } from '../../proxmox/types';
import type { CheckupDependencies } from '../doctor/deps';

/** What a reading needs. */
export interface ReadingDependencies {
  readonly client: ProxmoxClient;
  /** Names of the configured nodes: those that can be contacted. */
  readonly nodes: readonly string[];
  readonly now: () => Date;
  readonly signal?: AbortSignal;
  /** A node that has not answered after this is left out. Default 10 s. */
  readonly nodePatienceMs?: number;
  /** Folder of the secrets of Talos clusters. Default: in the state folder. */
  readonly talosFolder?: string;
  /** Only for the views `checkup` and `machines`. */
  readonly checkup?: Pick<CheckupDependencies, 'config' | 'credentials' | 'ssh'>;
}
