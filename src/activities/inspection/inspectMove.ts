import type { PlannedMove } from '../../domain/evacuationPlan';
import type { LedgerView } from '../../domain/lease';
import { emptyLedger } from '../../planning/rules/ledger';
import type { ClusterFacts } from '../../planning/facts';
import { clusterStatus, haResources } from '../../proxmox/api/cluster';
import { qemuList } from '../../proxmox/api/guests';
import type { CallOptions } from '../../proxmox/types';
import { guestFromLists, listedGuest } from './guestFacts';
import { quorumFacts, type InspectionDependencies } from './inspectNode';
import { readNodeIfPossible } from './nodeView';
import { readPreconditions } from './readGuest';

/** One planned move that is about to begin. */
export interface MoveInspection {
  readonly move: PlannedMove;
  /** Leases of others; empty if they were not asked for. */
  readonly othersLeases?: LedgerView;
  readonly signal?: AbortSignal;
}

/**
 * Fresh facts for `moveStillHolds`, right before the changing request: one request about the guest (its
 * preconditions), the rest are lists of the cluster, the source and the target. The facts hold only this guest
 * and its target. A guest that is not on the source any more is missing in them.
 */
export async function inspectMove(
  deps: InspectionDependencies,
  inspection: MoveInspection,
): Promise<ClusterFacts> {
  const { client } = deps;
  const { move, othersLeases = emptyLedger() } = inspection;
  const options: CallOptions = inspection.signal === undefined ? {} : { signal: inspection.signal };
  const takenAt = deps.now().toISOString();
  const [status, haRows, machines] = await Promise.all([
    clusterStatus(client, options),
    haResources(client, options),
    qemuList(client, move.source, options),
  ]);
  const row = machines.find(({ vmid }) => vmid === move.vmid);
  const member = status.nodes.find((node) => node.name === move.target);
  const listed = row && guestFromLists(listedGuest(row, 'qemu'), new Set(haRows.map(({ sid }) => sid)));
  const [guest, target] = await Promise.all([
    listed && readPreconditions(client, move.source, listed, options),
    member && readNodeIfPossible(client, { name: member.name, online: member.online }, options),
  ]);
  return {
    cluster: client.cluster,
    node: move.source,
    takenAt,
    depth: 'everything',
    nodes: target === undefined ? [] : [target],
    guests: guest === undefined ? [] : [guest],
    quorum: quorumFacts(status),
    othersLeases,
    warnings: [],
  };
}
