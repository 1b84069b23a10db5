import type { GuestSummary, NodeSummary } from '../../domain/clusterReading';
import type { clusterResources, ClusterStatus } from '../../proxmox/api/cluster';
import { nodeStatus, type NodeStatus } from '../../proxmox/api/node';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { readNodeGuests, type NodeGuests } from './guestSummaries';

/** A node in the cluster-wide list. */
type NodeResource = Awaited<ReturnType<typeof clusterResources<'node'>>>[number];

/** What a node says of itself. */
export interface NodeReport extends NodeGuests {
  readonly status: NodeStatus;
}

/** Status and guest lists of a node: three requests, all answered by the node itself. */
export async function readNodeReport(
  client: ProxmoxClient,
  node: string,
  options: CallOptions,
): Promise<NodeReport> {
  const [status, guests] = await Promise.all([
    nodeStatus(client, node, options),
    readNodeGuests(client, node, options),
  ]);
  return { status, ...guests };
}

/** One row for each member, with figures where it answered. */
export function nodeSummaries(
  members: ClusterStatus['nodes'],
  reports: ReadonlyMap<string, NodeReport>,
  known: { readonly nodes: readonly NodeResource[]; readonly guests: readonly GuestSummary[] },
): NodeSummary[] {
  const haStates = new Map(known.nodes.map((row) => [row.node, row.hastate]));
  return members.map(({ name, online }) => {
    const report = reports.get(name);
    const haState = haStates.get(name);
    const guests = known.guests.filter((guest) => guest.node === name);
    return {
      node: name,
      status: !online ? 'offline' : report === undefined ? 'unknown' : 'online',
      ...(haState === undefined ? {} : { haState }),
      ...(report === undefined ? {} : figuresOf(report)),
      guests: guests.length,
    };
  });
}

function figuresOf({ status, machines, containers }: NodeReport) {
  return {
    version: status.pveVersion.split('/')[1] ?? status.pveVersion,
    cpus: status.cpus,
    cpuShare: status.cpuShare,
    memoryUsedBytes: status.memoryUsedBytes,
    memoryTotalBytes: status.memoryTotalBytes,
    uptimeSeconds: status.uptimeSeconds,
    guestsRunning: [...machines, ...containers].filter((guest) => guest.running).length,
  };
}
