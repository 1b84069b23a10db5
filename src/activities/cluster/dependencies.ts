import type { ClusterConfig } from '../../config/clusterConfig';
import type { ClusterProfile } from '../../domain/cluster/profile';
import type { ProxmoxClient } from '../../proxmox/types';
import type { PlaybookPlanArguments, PlaybookPlanMade } from '../ansible/contract';
import type { LedgerClient } from '../ledger/client';

/** What planning a change of a cluster needs. */
export interface ClusterDependencies {
  readonly config: ClusterConfig;
  readonly client: ProxmoxClient;
  readonly ledger: Pick<LedgerClient, 'view' | 'leaseVmid' | 'leaseAddresses' | 'reserve' | 'reserveStorage'>;
  /** The profile of a name. Throws ConfigInvalid where there is none, or something is wrong with it. */
  readonly readProfile: (name: string) => ClusterProfile;
  /** All profiles but the one of this name, as far as they can be read. */
  readonly otherProfiles: (name: string) => readonly ClusterProfile[];
  /** How a playbook would be run. Throws where it can't be. */
  readonly planPlaybook: (input: PlaybookPlanArguments, signal: AbortSignal) => Promise<PlaybookPlanMade>;
  /** Version of proxmox-manager. */
  readonly product: string;
  readonly now: () => Date;
}
