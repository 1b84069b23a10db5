import type { ClusterState } from './state';

/** The lowest free id within the cluster's `next-id` bounds (upper one excluded); undefined if all are taken. */
export function lowestFreeId(cluster: ClusterState): number | undefined {
  const bounds = cluster.options.get('next-id') ?? '';
  const lower = Number(/lower=(\d+)/.exec(bounds)?.[1] ?? 100);
  const upper = Number(/upper=(\d+)/.exec(bounds)?.[1] ?? 1_000_000);
  for (let id = lower; id < upper; id += 1) {
    if (!cluster.guests.has(id)) return id;
  }
  return undefined;
}
