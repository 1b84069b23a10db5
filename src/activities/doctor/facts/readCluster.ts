import { clusterResources } from '../../../proxmox/api/cluster';
import { haStatus } from '../../../proxmox/api/haStatus';
import { storageDefinitions } from '../../../proxmox/api/storageDefinitions';
import { tokenExpiry } from '../../../proxmox/api/tokenExpiry';
import type { ProxmoxClient } from '../../../proxmox/client';
import { missingPrivileges, type Need, type PrivilegesByPath } from '../../inspection/privileges';
import type { CheckupDependencies } from '../deps';
import { factUnless, masked, type Fact, type Mask } from './fact';
import type { ClusterFacts } from './facts';

/** Through whom the cluster is asked, and what is known already. */
export interface Asking extends CheckupDependencies {
  readonly client: ProxmoxClient;
  readonly mask: Mask | undefined;
  readonly privileges: Fact<PrivilegesByPath>;
}

const seeCluster: Need = { path: '/', privileges: ['Sys.Audit'], below: false };
const seeGuests: Need = { path: '/vms', privileges: ['VM.Audit'], below: true };
/** With Datastore.AllocateSpace alone the cluster-wide list leaves storages out, though other lists have them. */
const seeStorages: Need = { path: '/storage', privileges: ['Datastore.Audit'], below: true };

/** Cluster-wide facts; what a missing privilege hides, wholly or in part, is not asked for. */
export async function readCluster({
  client,
  mask,
  privileges,
  status,
  signal,
}: Asking & { readonly status: ClusterFacts['status'] | undefined }): Promise<ClusterFacts> {
  const options = signal === undefined ? {} : { signal };
  const unlessLacking = (need: Need) => mask ?? maskOfLacking(privileges, need);
  const hidden = unlessLacking(seeCluster);
  const [expiry, guests, storages, definitions, ha] = await Promise.all([
    factUnless(hidden, async () => tokenExpiry(client, await client.account(signal), options)),
    factUnless(unlessLacking(seeGuests), () => clusterResources(client, 'vm', options)),
    factUnless(unlessLacking(seeStorages), () => clusterResources(client, 'storage', options)),
    factUnless(unlessLacking(seeStorages), () => storageDefinitions(client, options)),
    factUnless(hidden, () => haStatus(client, options)),
  ]);
  const told = hidden === undefined ? status : masked(hidden);
  if (told === undefined) throw new Error('nobody was asked for the state of the cluster');
  return { status: told, privileges, expiry, guests, storages, definitions, ha };
}

/** The privileges are known, and do not meet the need. */
export function maskOfLacking(privileges: Fact<PrivilegesByPath>, need: Need): Mask | undefined {
  if (!privileges.known || missingPrivileges(privileges.value, need).length === 0) return undefined;
  return { check: 'privileges', fault: `the token lacks ${need.privileges.join(' or ')}` };
}
