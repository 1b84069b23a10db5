import type { GuestList } from '../../domain/clusterReading';
import type { GuestFilter } from '../../domain/readRequest';
import { clusterResources } from '../../proxmox/api/cluster';
import { askNodes } from './askNodes';
import type { ReadingDependencies } from './deps';
import { isWanted, namePattern } from './filters';
import { guestSummaries, readNodeGuests } from './guestSummaries';
import { readMembers, wantedMembers } from './members';
import { oneGuest } from './oneGuest';
import { incompleteness, readingBase } from './readingBase';

/**
 * All guests that fit. Three requests, and two more for each node. Throws InputInvalid for an unknown node or an
 * ambiguous name, NotFound for a guest that there is not, and what concerns all requests.
 */
export async function readGuests(deps: ReadingDependencies, filter: GuestFilter): Promise<GuestList> {
  const members = await readMembers(deps);
  const asked = wantedMembers(members, filter.nodes, deps.client.cluster);
  const [resources, warnings, { answers, unanswered }] = await Promise.all([
    clusterResources(deps.client, 'vm', members.options),
    incompleteness(deps, members.options),
    askNodes(deps, asked, (node, options) => readNodeGuests(deps.client, node, options)),
  ]);
  const all = guestSummaries(answers, resources, unanswered);
  const nameFits = namePattern(filter.names);
  const guests = (filter.guest === undefined ? all : [oneGuest(all, filter.guest, unanswered)])
    .filter((guest) => nameFits(guest.name))
    .filter((guest) => isWanted(filter.statuses, guest.status))
    .filter((guest) => filter.tags.length === 0 || guest.tags.some((tag) => hasTag(filter.tags, tag)));
  return { ...readingBase(deps, unanswered, warnings), guests };
}

/** Proxmox shows tags in the case in which they were written, and compares them without. */
function hasTag(wanted: readonly string[], tag: string): boolean {
  return wanted.some((it) => it.toLowerCase() === tag.toLowerCase());
}
