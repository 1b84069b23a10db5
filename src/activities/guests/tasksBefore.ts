import { nodeTasks } from '../../proxmox/api/tasks';
import type { GuestPlace } from '../../proxmox/api/guests';
import type { ProxmoxClient } from '../../proxmox/types';

/** What else is known before the first step, beside all tasks of the guests. */
export interface AlsoKnown {
  /** Tasks of these types, whatever they work on. */
  readonly types?: readonly string[];
  /** Guests that are only cloned: of their tasks those that clone. */
  readonly cloned?: readonly GuestPlace[];
}

/**
 * The tasks that the nodes know of some guests before an operation's first step: those of guests that had a VMID before,
 * or of an operation before. No step adopts them.
 */
export async function tasksOfGuests(
  client: ProxmoxClient,
  places: readonly GuestPlace[],
  { types = [], cloned = [] }: AlsoKnown,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const nodes = [...new Set([...places, ...cloned].map(({ node }) => node))];
  const ids = new Set(places.map(({ vmid }) => String(vmid)));
  const sources = new Set(cloned.map(({ vmid }) => String(vmid)));
  const lists = await Promise.all(
    nodes.map((node) => nodeTasks(client, node, { source: 'all', limit: 10_000 }, { signal })),
  );
  return lists
    .flat()
    .filter(({ id, type }) => ids.has(id) || types.includes(type) || (type === 'qmclone' && sources.has(id)))
    .map(({ upid }) => upid);
}
