import type { ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterChange } from '../../domain/cluster/request';
import { ManagerError, problem } from '../../domain/errors';
import type { LeaseConflict, LeaseHolder } from '../../domain/lease';
import { changeClusterWorkflowId } from '../../domain/names';
import { clusterPlanDifference } from '../../planning/cluster/difference';
import { outlineCluster, planCluster as makePlan } from '../../planning/cluster/plan';
import { clusterSettingsOf } from '../../planning/cluster/planInput';
import { sharedAddressIn } from '../../planning/cluster/sharedAddress';
import { requireSnippets, snippetWarnings } from '../../planning/cluster/snippets';
import type { ActivityAttempt } from '../shared/attempt';
import { bridgeWarnings } from './bridges';
import type { ClusterPlanArguments, ClusterPlanMade } from './contract';
import type { ClusterDependencies } from './dependencies';
import { lookForChange } from './lookForChange';
import { playbooksFor } from './playbooks';
import { profileFor, type ReadProfile } from './profile';
import { seeSnippets } from './snippets';
import { freeMemberVmids, leaseMemberVmids } from './vmids';
import { wishOf } from './wish';

/** Another operation may reserve between our look and our reservation: then the plan is made again, so often. */
const tries = 3;

/**
 * Reads the profile and the cluster, plans, and leases VMIDs, addresses, memory and room on storages (a dry run leases nothing).
 * Repeating it is harmless: nothing is changed on the cluster, the ledger gives the same VMIDs for the same machines and
 * replaces reservations as a whole.
 */
export async function planCluster(
  dependencies: ClusterDependencies,
  attempt: Pick<ActivityAttempt, 'signal' | 'tell'>,
  { change, holder, previous }: ClusterPlanArguments,
): Promise<ClusterPlanMade> {
  const { request } = change;
  requireOurCluster(dependencies.config.cluster.name, request);
  if (request.dryRun !== true) requireOwnId(dependencies.config.cluster.name, request.profile, holder);
  const read = profileFor(dependencies, request);
  let conflicts: readonly LeaseConflict[] = [];
  for (let count = 0; count < tries; count += 1) {
    const plan = await planOnce(dependencies, attempt, { change, holder, read });
    conflicts = request.dryRun === true ? [] : await reserve(dependencies, holder, plan);
    if (conflicts.length > 0) continue;
    return { plan, changes: previous === undefined ? [] : clusterPlanDifference(previous, plan) };
  }
  throw new ManagerError(
    problem('LeaseRefused', {
      attempted: `reserve addresses, memory and room on storages for the cluster ${request.profile}`,
      failed: conflicts.map(({ text }) => text).join('; '),
    }),
  );
}

async function planOnce(
  dependencies: ClusterDependencies,
  { signal, tell }: Pick<ActivityAttempt, 'signal' | 'tell'>,
  {
    change,
    holder,
    read: { profile, warnings },
  }: { readonly change: ClusterChange; readonly holder: LeaseHolder; readonly read: ReadProfile },
): Promise<ClusterPlan> {
  const { config, client, product, now } = dependencies;
  const wish = { ...wishOf(change, profile), holder };
  const onProgress = (done: number, total: number) => tell({ done, total });
  const look = await lookForChange(dependencies, wish, { signal, onProgress });
  const input = {
    ...{ change, cluster: config.cluster.name, product, now: now() },
    ...(profile === undefined ? {} : { profile }),
    facts: { ...look, warnings: [...look.warnings, ...warnings] },
    conventions: config.conventions,
    settings: clusterSettingsOf(config),
  };
  const { wanted } = outlineCluster(input);
  const vmids =
    change.request.dryRun === true
      ? await freeMemberVmids(dependencies, wanted, look)
      : await leaseMemberVmids(dependencies, wanted, holder, look, signal);
  const made = { ...input, vmids: (name: string) => vmidOf(vmids, name) };
  const playbooks = await playbooksFor(dependencies, profile, makePlan(made), signal);
  const plan = makePlan({ ...made, playbooks });
  const snippets = await seeSnippets(client, plan, look, { signal });
  requireSnippets(plan, snippets);
  const bridges = await bridgeWarnings(client, plan, { signal });
  return { ...plan, warnings: [...plan.warnings, ...snippetWarnings(snippets), ...bridges] };
}

function vmidOf(vmids: ReadonlyMap<string, number>, name: string): number {
  const vmid = vmids.get(name);
  if (vmid !== undefined) return vmid;
  const failed = 'its outline did not ask for its VMID';
  throw new ManagerError(problem('Internal', { attempted: `plan the machine ${name}`, failed }));
}

/** Keeps addresses, memory and room free for the plan; who is in the way, if anybody is. */
async function reserve(
  { ledger }: Pick<ClusterDependencies, 'ledger'>,
  holder: LeaseHolder,
  plan: ClusterPlan,
): Promise<readonly LeaseConflict[]> {
  const addresses = addressesIn(plan);
  if (addresses.length > 0) {
    const leased = await ledger.leaseAddresses({ holder, addresses });
    if (!leased.granted) return leased.conflicts;
  }
  const memory = await ledger.reserve({
    ...{ holder, reservations: plan.reservations, roomBytes: plan.memoryRoomBytes },
  });
  if (!memory.granted) return memory.conflicts;
  const storage = await ledger.reserveStorage({
    ...{ holder, reservations: plan.storageReservations, roomBytes: plan.storageRoomBytes },
  });
  return storage.granted ? [] : storage.conflicts;
}

function addressesIn(plan: Pick<ClusterPlan, 'phases' | 'talos'>) {
  const machines = plan.phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const own = machines.flatMap(({ vmid, address, networkCards }) => [
    ...(address === undefined ? [] : [{ vmid, address: address.address }]),
    ...networkCards.flatMap(({ macAddress }) =>
      macAddress === undefined ? [] : [{ vmid, address: macAddress }],
    ),
  ]);
  return [...own, ...sharedAddressIn(plan)];
}

/** The worker serves one cluster; a request that names another one came to the wrong queue. */
function requireOurCluster(ours: string, { cluster, profile }: ClusterChange['request']): void {
  if (cluster === undefined || cluster === ours) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `plan the cluster ${profile}`,
      failed: `the request names the cluster ${cluster}, this worker serves ${ours}`,
    }),
  );
}

/** Two operations on one cluster of machines would both make them: the ID keeps them apart. */
function requireOwnId(cluster: string, profile: string, { workflowId }: LeaseHolder): void {
  const wanted = changeClusterWorkflowId(cluster, profile);
  if (workflowId === wanted) return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `change the cluster ${profile}`,
      failed: `the operation has the ID ${workflowId}`,
      remedy:
        'Ask the cluster itself (pxm cluster, or an update of its workflow). By hand it can only be planned: "dryRun": true.',
    }),
  );
}
