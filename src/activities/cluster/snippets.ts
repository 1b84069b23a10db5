import type { ClusterPlan } from '../../domain/cluster/plan';
import type { ClusterLook } from '../../planning/cluster/facts';
import {
  factsOfList,
  snippetLooks,
  type SnippetFact,
  type SnippetList,
} from '../../planning/cluster/snippets';
import { storageContent } from '../../proxmox/api/node';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { problemOfGuest } from '../inspection/guestFacts';
import { inTurn, progressCounter } from '../inspection/inTurn';

/**
 * Whether the snippets that a plan's profile names are on the nodes that its machines come to. One request a node and
 * storage, one for a shared storage, none where no snippet is named or the token would be shown none.
 */
export async function seeSnippets(
  client: ProxmoxClient,
  plan: Pick<ClusterPlan, 'phases' | 'cloudinit'>,
  look: Pick<ClusterLook, 'nodes' | 'privileges'>,
  options: CallOptions,
): Promise<readonly SnippetFact[]> {
  const { lists, known } = snippetLooks(plan, look);
  const read = await inTurn(lists, (list) => readList(client, list, options), progressCounter());
  return [...known, ...read.flat()];
}

/** A list that can't be read tells nothing: what keeps the whole look from being made is thrown. */
async function readList(
  client: ProxmoxClient,
  list: SnippetList,
  options: CallOptions,
): Promise<readonly SnippetFact[]> {
  const { node, storage } = list;
  try {
    const rows = await storageContent(client, { node, storage, content: 'snippets' }, options);
    return factsOfList(list, { volids: rows.map(({ volid }) => volid) });
  } catch (error) {
    const unreadable = problemOfGuest(error);
    if (unreadable === undefined) throw error;
    return factsOfList(list, { because: `${storage} could not be listed there: ${unreadable.failed}` });
  }
}
