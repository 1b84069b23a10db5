import { ManagerError, problem } from '../../domain/errors';
import type { LedgerView } from '../../domain/lease';
import { blockerOfList } from '../../planning/blockers';
import type { ClusterFacts, GuestFacts, NodeView } from '../../planning/facts';
import { clusterResources, clusterStatus, haResources, type ClusterStatus } from '../../proxmox/api/cluster';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { guestFromLists } from './guestFacts';
import { inTurn, progressCounter, type ProgressCounter } from './inTurn';
import { readGuest } from './readGuest';
import { readNode, readNodeIfPossible, type NodeEntry } from './nodeView';
import { readPrivileges, requireFullView, requireMigration, type PrivilegesByPath } from './privileges';

/** What an inspection needs. */
export interface InspectionDependencies {
  readonly client: ProxmoxClient;
  readonly now: () => Date;
}

/** What is to be looked at. */
export interface InspectionRequest {
  /** The node that is to be emptied. */
  readonly node: string;
  /** Nodes that the request names as targets: checked to exist. */
  readonly targets?: readonly string[];
  /** Guests that stay by an operator's choice: nothing more is asked of them. */
  readonly skipped?: readonly number[];
  /** Leases of others: they become part of the facts. */
  readonly othersLeases: LedgerView;
  /** `nodes` leaves out the two reads of each guest. */
  readonly depth: ClusterFacts['depth'];
  readonly signal?: AbortSignal;
  /** Called as nodes and guests have been read. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Looks at the cluster; changes nothing. Run states and locks come from the lists of the owning nodes. Each guest
 * that may move costs two requests (configuration, preconditions); a guest whose reads fail stays with the reason,
 * and never fails the whole. Throws InputInvalid for unknown nodes, PermissionMissing if the token would be shown
 * incomplete lists, NodeUnreachable if the node is offline, NoQuorum, and what concerns all requests
 * (credentials, certificates, cancellation).
 */
export async function inspectNode(
  deps: InspectionDependencies,
  request: InspectionRequest,
): Promise<ClusterFacts> {
  const { client } = deps;
  const options: CallOptions = request.signal === undefined ? {} : { signal: request.signal };
  const takenAt = deps.now().toISOString();
  const [privileges, status] = await Promise.all([
    readPrivileges(client, request.signal),
    clusterStatus(client, options),
  ]);
  requireFullView(privileges);
  checkNodes(request, status, client.cluster);
  const [nodeRows, haRows] = await Promise.all([
    clusterResources(client, 'node', options),
    haResources(client, options),
  ]);
  const haStates = new Map(nodeRows.map((row) => [row.node, row.hastate]));
  const progress = progressCounter(request.onProgress);
  const nodes = await readNodes(client, entriesOf(status, haStates), request.node, options, progress);
  const haSids = new Set(haRows.map((row) => row.sid));
  const listed = (nodes.find((node) => node.name === request.node)?.guests ?? []).map((guest) =>
    guestFromLists(guest, haSids),
  );
  const guests =
    request.depth === 'nodes'
      ? listed
      : await readGuests(client, listed, request, privileges, options, progress);
  return {
    cluster: client.cluster,
    node: request.node,
    takenAt,
    depth: request.depth,
    nodes,
    guests,
    quorum: quorumFacts(status),
    othersLeases: request.othersLeases,
    warnings:
      client.tls === 'insecure'
        ? ['Certificates are not verified: tls is insecure in the configuration.']
        : [],
  };
}

/** The quorum as `/cluster/status` shows it. */
export function quorumFacts(status: ClusterStatus): ClusterFacts['quorum'] {
  return {
    clustered: status.name !== undefined,
    quorate: status.quorate,
    nodes: status.nodes.length,
    online: status.nodes.filter((node) => node.online).length,
  };
}

function checkNodes(request: InspectionRequest, status: ClusterStatus, cluster: string): void {
  const known = status.nodes.map((node) => node.name).sort();
  const attempted = `look at ${request.node} in ${cluster}`;
  const unknown = [request.node, ...(request.targets ?? [])].filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const failed = `there is no node ${unknown.join(', ')}; the nodes are ${known.join(', ')}`;
    throw new ManagerError(problem('InputInvalid', { attempted, failed }));
  }
  if (request.targets?.includes(request.node) === true) {
    throw new ManagerError(
      problem('InputInvalid', {
        attempted,
        failed: `${request.node} is to be emptied and can't be a target`,
      }),
    );
  }
  if (!status.quorate)
    throw new ManagerError(problem('NoQuorum', { attempted, failed: 'the cluster has no quorum' }));
  if (status.nodes.find((node) => node.name === request.node)?.online !== true) {
    throw new ManagerError(
      problem('NodeUnreachable', {
        attempted,
        failed: `${request.node} is offline: its guests can't be moved`,
        remedy: 'Bring the node back first. Guests of a dead node can only be recovered by HA, or by hand.',
      }),
    );
  }
}

function entriesOf(
  status: ClusterStatus,
  haStates: ReadonlyMap<string, string | undefined>,
): readonly NodeEntry[] {
  return status.nodes.map(({ name, online }) => {
    const haState = haStates.get(name);
    return { name, online, ...(haState === undefined ? {} : { haState }) };
  });
}

function readNodes(
  client: ProxmoxClient,
  entries: readonly NodeEntry[],
  source: string,
  options: CallOptions,
  progress: ProgressCounter,
): Promise<readonly NodeView[]> {
  const read = (entry: NodeEntry) =>
    entry.name === source ? readNode(client, entry, options) : readNodeIfPossible(client, entry, options);
  return inTurn(entries, read, progress);
}

/** Asks each guest that may move; the others are known well enough. */
async function readGuests(
  client: ProxmoxClient,
  guests: readonly GuestFacts[],
  request: InspectionRequest,
  privileges: PrivilegesByPath,
  options: CallOptions,
  progress: ProgressCounter,
): Promise<readonly GuestFacts[]> {
  const stays = (guest: GuestFacts) =>
    blockerOfList(guest) !== undefined || request.skipped?.includes(guest.vmid) === true;
  const movable = guests.filter((guest) => !stays(guest));
  requireMigration(
    privileges,
    movable.map((guest) => guest.vmid),
  );
  const read = await inTurn(movable, (guest) => readGuest(client, request.node, guest, options), progress);
  const unreachable = read.find((guest) => guest.unreadable?.code === 'NodeUnreachable')?.unreadable;
  if (unreachable !== undefined && read.every((guest) => guest.unreadable?.code === 'NodeUnreachable')) {
    throw new ManagerError(unreachable);
  }
  const byVmid = new Map(read.map((guest) => [guest.vmid, guest]));
  return guests.map((guest) => byVmid.get(guest.vmid) ?? guest);
}
