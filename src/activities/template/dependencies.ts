import type { ClusterConfig } from '../../config/clusterConfig';
import type { TemplateRequest } from '../../domain/templatePlan';
import type { TemplateRunbook } from '../../planning/template/recipe';
import type { ProxmoxClient } from '../../proxmox/types';
import type { Ssh } from '../../ssh/ssh';
import type { LedgerClient } from '../ledger/client';

/** What planning a template needs. */
export interface TemplateDependencies {
  readonly config: ClusterConfig;
  readonly client: ProxmoxClient;
  readonly ssh: Pick<Ssh, 'run'>;
  readonly ledger: Pick<LedgerClient, 'view' | 'leaseVmid' | 'reserveStorage'>;
  /** What the runbook of a request says. Throws NotFound or InputInvalid where there is none, or a parameter is wrong. */
  readonly readRunbook: (request: TemplateRequest) => Promise<TemplateRunbook>;
  /** Version of proxmox-manager. */
  readonly product: string;
  readonly now: () => Date;
}
