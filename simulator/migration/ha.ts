import type { GuestState } from '../cluster/guests';
import type { ClusterState } from '../cluster/state';

/** True if the HA manager looks after the guest, so that a migration is a request to it (behaviour.md 4.8). */
export function isHaManaged(cluster: ClusterState, guest: GuestState): boolean {
  const resource = cluster.ha.resources.get(`vm:${guest.vmid}`);
  return resource !== undefined && resource.state !== 'ignored';
}

/** Resources that positive affinity drags along; undefined if the guest is no HA resource (recordings 9 d1, h2). */
export function dependentHaResources(cluster: ClusterState, guest: GuestState): string[] | undefined {
  const sid = `vm:${guest.vmid}`;
  if (!cluster.ha.resources.has(sid)) return undefined;
  return [...new Set(partners(cluster, sid, 'positive'))];
}

/** What keeps the guest, or what it drags along, off a node by negative affinity (recordings 9 h2). */
export function blockingHaResources(
  cluster: ClusterState,
  guest: GuestState,
  node: string,
): { readonly sid: string; readonly cause: 'resource-affinity' }[] {
  const together = [`vm:${guest.vmid}`, ...(dependentHaResources(cluster, guest) ?? [])];
  const apart = new Set(together.flatMap((sid) => partners(cluster, sid, 'negative')));
  return [...apart]
    .filter((sid) => cluster.guests.get(Number(sid.split(':')[1]))?.node === node)
    .map((sid) => ({ sid, cause: 'resource-affinity' }));
}

function partners(cluster: ClusterState, sid: string, affinity: 'positive' | 'negative'): string[] {
  return [...cluster.ha.rules.values()]
    .filter((rule) => rule.get('affinity') === affinity && rule.get('disable') !== '1')
    .map((rule) => (rule.get('resources') ?? '').split(','))
    .filter((resources) => resources.includes(sid))
    .flatMap((resources) => resources.filter((other) => other !== sid));
}
