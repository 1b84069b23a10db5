import type { StorageList } from '../../domain/clusterReading';
import type { RowFilter } from '../../domain/readRequest';
import { clusterResources } from '../../proxmox/api/cluster';
import { offlineMembers } from './askNodes';
import type { ReadingDependencies } from './deps';
import { isWanted, namePattern } from './filters';
import { readMembers, wantedMembers } from './members';
import { incompleteness, readingBase } from './readingBase';
import { storageSummaries } from './storageSummaries';

/** All storages that fit. Three requests. Throws as {@link readGuests} does. */
export async function readStorages(deps: ReadingDependencies, filter: RowFilter): Promise<StorageList> {
  const members = await readMembers(deps);
  const asked = wantedMembers(members, filter.nodes, deps.client.cluster);
  const [resources, warnings] = await Promise.all([
    clusterResources(deps.client, 'storage', members.options),
    incompleteness(deps, members.options),
  ]);
  const unanswered = offlineMembers(asked);
  const nodes = new Set(asked.map(({ name }) => name));
  const nameFits = namePattern(filter.names);
  const rows = resources.filter(({ node, storage }) => nodes.has(node) && nameFits(storage));
  const silent = new Set(unanswered.map(({ node }) => node));
  return {
    ...readingBase(deps, unanswered, warnings),
    storages: storageSummaries(rows, silent).filter(({ status }) => isWanted(filter.statuses, status)),
  };
}
