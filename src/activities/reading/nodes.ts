import type { NodeList } from '../../domain/clusterReading';
import type { RowFilter } from '../../domain/readRequest';
import { clusterResources } from '../../proxmox/api/cluster';
import { askNodes } from './askNodes';
import type { ReadingDependencies } from './deps';
import { isWanted, namePattern } from './filters';
import { guestSummaries } from './guestSummaries';
import { readMembers, wantedMembers } from './members';
import { nodeSummaries, readNodeReport } from './nodeSummaries';
import { incompleteness, readingBase } from './readingBase';

/** All nodes that fit. Four requests, and three more for each node. Throws as {@link readGuests} does. */
export async function readNodes(deps: ReadingDependencies, filter: RowFilter): Promise<NodeList> {
  const { client } = deps;
  const members = await readMembers(deps);
  const nameFits = namePattern(filter.names);
  const asked = wantedMembers(members, filter.nodes, client.cluster).filter(({ name }) => nameFits(name));
  const [nodes, resources, warnings, { answers, unanswered }] = await Promise.all([
    clusterResources(client, 'node', members.options),
    clusterResources(client, 'vm', members.options),
    incompleteness(deps, members.options),
    askNodes(deps, asked, (node, options) => readNodeReport(client, node, options)),
  ]);
  const guests = guestSummaries(answers, resources, unanswered);
  return {
    ...readingBase(deps, unanswered, warnings),
    quorate: members.status.quorate,
    nodes: nodeSummaries(asked, answers, { nodes, guests }).filter(
      (node) => isWanted(filter.statuses, node.status) || isWanted(filter.statuses, node.haState ?? ''),
    ),
  };
}
