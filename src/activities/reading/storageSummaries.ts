import type { StorageSummary } from '../../domain/clusterReading';
import type { clusterResources } from '../../proxmox/api/cluster';

/** A storage of one node in the cluster-wide list. */
type StorageResource = Awaited<ReturnType<typeof clusterResources<'storage'>>>[number];

/**
 * One row for a shared storage, one for each node of any other. They come from the nodes' last broadcasts, not from the
 * nodes themselves: a hanging NFS makes a node's own list slow, up to 30 s (behaviour: 7.2).
 */
export function storageSummaries(
  resources: readonly StorageResource[],
  silentNodes: ReadonlySet<string>,
): StorageSummary[] {
  const groups = new Map<string, StorageResource[]>();
  for (const row of resources) {
    const key = row.shared ? row.storage : `${row.storage}/${row.node}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((rows) => summaryOf(rows, silentNodes)).sort(byPlace);
}

function summaryOf(rows: readonly StorageResource[], silentNodes: ReadonlySet<string>): StorageSummary {
  const named = rows.toSorted((one, other) => one.node.localeCompare(other.node));
  const known = named.filter(({ node }) => !silentNodes.has(node));
  const available = known.filter(({ status }) => status === 'available');
  // A shared storage is the same one, whoever told of it; another one's last figures say nothing of now.
  const told = available[0] ?? named.find(({ shared, maxdisk }) => shared && maxdisk !== undefined);
  const [first] = named;
  return {
    storage: first?.storage ?? '',
    type: first?.plugintype ?? '',
    shared: first?.shared ?? false,
    content: (first?.content ?? []).toSorted(),
    nodes: named.map(({ node }) => node),
    unavailableOn: known.filter(({ status }) => status !== 'available').map(({ node }) => node),
    unknownOn: named.filter(({ node }) => silentNodes.has(node)).map(({ node }) => node),
    status: statusOf(known.length, available.length),
    ...(told?.disk === undefined ? {} : { usedBytes: told.disk }),
    ...(told?.maxdisk === undefined ? {} : { totalBytes: told.maxdisk }),
  };
}

function statusOf(known: number, available: number): StorageSummary['status'] {
  if (known === 0) return 'unknown';
  if (available === 0) return 'unavailable';
  return available === known ? 'available' : 'partly';
}

function byPlace(one: StorageSummary, other: StorageSummary): number {
  return one.storage.localeCompare(other.storage) || (one.nodes[0] ?? '').localeCompare(other.nodes[0] ?? '');
}
