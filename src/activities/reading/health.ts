import type { ClusterHealth, GuestSummary, HaSummary } from '../../domain/clusterReading';
import { ManagerError } from '../../domain/errors';
import { clusterResources } from '../../proxmox/api/cluster';
import { haStatus, type HaStatus } from '../../proxmox/api/haStatus';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { askNodes } from './askNodes';
import type { ReadingDependencies } from './deps';
import { guestSummaries } from './guestSummaries';
import { readMembers, wantedMembers } from './members';
import { nodeSummaries, readNodeReport } from './nodeSummaries';
import { incompleteness, readingBase } from './readingBase';
import { storageSummaries } from './storageSummaries';
import { runningTasksOf } from './tasks';
import { byStart } from './taskSummaries';

/** One screen, and a bounded payload, whatever the size of the cluster. */
const lockedAtMost = 20;
const tasksAtMost = 50;

/** The cluster on one screen. Six requests, and four more for each node. Throws what concerns all requests. */
export async function readHealth(deps: ReadingDependencies): Promise<ClusterHealth> {
  const { client } = deps;
  const members = await readMembers(deps);
  const { status, options } = members;
  const everybody = wantedMembers(members, [], client.cluster);
  const [nodes, resources, storages, ha, warnings, { answers, unanswered }] = await Promise.all([
    clusterResources(client, 'node', options),
    clusterResources(client, 'vm', options),
    clusterResources(client, 'storage', options),
    readHa(client, options),
    incompleteness(deps, options),
    askNodes(deps, everybody, async (node, nodeOptions) => {
      const [report, tasks] = await Promise.all([
        readNodeReport(client, node, nodeOptions),
        runningTasksOf(client, node, nodeOptions),
      ]);
      return { ...report, tasks };
    }),
  ]);
  const guests = guestSummaries(answers, resources, unanswered);
  return {
    ...readingBase(deps, unanswered, [...warnings, ...ha.warnings]),
    ...(status.name === undefined ? {} : { proxmoxName: status.name }),
    quorate: status.quorate,
    nodes: nodeSummaries(everybody, answers, { nodes, guests }),
    guests: countBy(guests, (guest) => guest.status),
    locked: guests
      .filter((guest) => guest.lock !== undefined)
      .slice(0, lockedAtMost)
      .map(lockedGuest),
    ...(ha.summary === undefined ? {} : { ha: ha.summary }),
    storages: storageSummaries(storages, new Set(unanswered.map(({ node }) => node))),
    runningTasks: [...answers.values()]
      .flatMap(({ tasks }) => tasks)
      .sort(byStart)
      .slice(0, tasksAtMost),
  };
}

/** HA may be unreadable while all else is not: its state is missing then, with the reason. */
async function readHa(
  client: ProxmoxClient,
  options: CallOptions,
): Promise<{ readonly summary?: HaSummary; readonly warnings: readonly string[] }> {
  try {
    return { summary: haSummary(await haStatus(client, options)), warnings: [] };
  } catch (error) {
    if (!(error instanceof ManagerError) || error.code !== 'PermissionMissing') throw error;
    return { warnings: [`HA could not be read: ${error.message}`] };
  }
}

const troubledStates: ReadonlySet<string> = new Set(['error', 'fence', 'recovery']);

function haSummary({ master, armedState, maintenanceNodes, services }: HaStatus): HaSummary {
  return {
    ...(master === undefined ? {} : { master }),
    ...(armedState === undefined ? {} : { armedState }),
    maintenanceNodes,
    services: countBy(services, (service) => service.state),
    troubled: services
      .filter(({ state }) => troubledStates.has(state))
      .map(({ sid, node, state }) => ({ sid, state, ...(node === undefined ? {} : { node }) })),
  };
}

function lockedGuest({ vmid, name, node, lock }: GuestSummary): ClusterHealth['locked'][number] {
  return { vmid, node, ...(name === undefined ? {} : { name }), ...(lock === undefined ? {} : { lock }) };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
