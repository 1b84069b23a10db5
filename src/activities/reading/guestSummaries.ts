import type { GuestSummary, UnansweredNode } from '../../domain/clusterReading';
import type { GuestKind } from '../../domain/guest';
import type { clusterResources } from '../../proxmox/api/cluster';
import { lxcList, qemuList, type GuestRow } from '../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';

/** A guest in the cluster-wide list. */
export type GuestResource = Awaited<ReturnType<typeof clusterResources<'vm'>>>[number];

/** What a node says of its own guests. */
export interface NodeGuests {
  readonly machines: readonly GuestRow[];
  readonly containers: readonly GuestRow[];
}

/** Both guest lists of a node, from the node itself. */
export async function readNodeGuests(
  client: ProxmoxClient,
  node: string,
  options: CallOptions,
): Promise<NodeGuests> {
  const [machines, containers] = await Promise.all([
    qemuList(client, node, options),
    lxcList(client, node, options),
  ]);
  return { machines, containers };
}

/**
 * Every guest once, by VMID. What a node says of its own guests counts. The cluster-wide list keeps the guests of a
 * dead node "running" for minutes (behaviour: 4.2), so it only tells which guests a silent node has, and adds to the
 * others what their lists lack: HA's state, and QEMU's own word for one that runs but is paused or broken.
 */
export function guestSummaries(
  lists: ReadonlyMap<string, NodeGuests>,
  resources: readonly GuestResource[],
  unanswered: readonly UnansweredNode[],
): GuestSummary[] {
  const silent = new Set(unanswered.map(({ node }) => node));
  const listed = new Map(resources.map((row) => [row.vmid, row]));
  const guests = new Map<number, GuestSummary>();
  for (const [node, { machines, containers }] of lists) {
    for (const row of machines) guests.set(row.vmid, fromNode(row, 'qemu', node, listed.get(row.vmid)));
    for (const row of containers) guests.set(row.vmid, fromNode(row, 'lxc', node, listed.get(row.vmid)));
  }
  for (const row of resources) {
    if (silent.has(row.node) && !guests.has(row.vmid)) guests.set(row.vmid, fromSilentNode(row));
  }
  return [...guests.values()].sort((one, other) => one.vmid - other.vmid);
}

function fromNode(
  row: GuestRow,
  kind: GuestKind,
  node: string,
  resource: GuestResource | undefined,
): GuestSummary {
  return {
    vmid: row.vmid,
    name: row.name ?? (kind === 'qemu' ? `VM ${row.vmid}` : `CT${row.vmid}`),
    kind,
    node,
    status: statusOf(row, resource),
    ...(row.lock === undefined ? {} : { lock: row.lock }),
    tags: row.tags,
    ...(resource?.hastate === undefined ? {} : { haState: resource.hastate }),
    cpus: row.cpus,
    cpuShare: row.cpuShare,
    memoryBytes: row.memoryBytes,
    memoryUsedBytes: row.memoryUsedBytes,
    uptimeSeconds: row.uptimeSeconds,
  };
}

/** Words of the cluster-wide list that say no more than the node's own list. */
const plainStatuses: ReadonlySet<string> = new Set(['running', 'stopped', 'unknown']);

function statusOf(row: GuestRow, resource: GuestResource | undefined): string {
  if (row.template) return 'template';
  if (!row.running) return 'stopped';
  const detailed = resource?.status;
  return detailed === undefined || plainStatuses.has(detailed) ? 'running' : detailed;
}

function fromSilentNode(row: GuestResource): GuestSummary {
  return {
    vmid: row.vmid,
    ...(row.name === undefined ? {} : { name: row.name }),
    kind: row.type,
    node: row.node,
    status: 'unknown',
    ...(row.lock === undefined ? {} : { lock: row.lock }),
    tags: row.tags,
    ...(row.hastate === undefined ? {} : { haState: row.hastate }),
    ...(row.maxcpu === undefined ? {} : { cpus: row.maxcpu }),
    ...(row.maxmem === undefined ? {} : { memoryBytes: row.maxmem }),
  };
}
