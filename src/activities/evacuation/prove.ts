import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError, type ErrorCode } from '../../domain/errors';
import type { PlannedMove } from '../../domain/evacuationPlan';
import type { MoveProof } from '../../domain/moveProof';
import { clusterResources } from '../../proxmox/api/cluster';
import { qemuStatus, type GuestStatus } from '../../proxmox/api/guests';
import type { ProxmoxClient } from '../../proxmox/types';
import type { ActivityDependencies } from '../dependencies';
import type { ActivityAttempt } from '../shared/attempt';
import { findLeftovers } from './leftovers';

/** Between the move of the configuration and the end of the task the guest is locked: looked at again so often. */
const looksAtLock = 4;
const lookEveryMs = 1_000;

/** Looks where a guest is, asking the node that owns it: the target first, then the source. */
export async function proveMove(
  { proxmox }: Pick<ActivityDependencies, 'proxmox'>,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  move: PlannedMove,
): Promise<MoveProof> {
  const onTarget = await statusOn(proxmox, move.target, move.vmid, signal);
  if (typeof onTarget === 'object') {
    const settled = await withoutMigrateLock(proxmox, move, onTarget, signal);
    return proofOn('target', move, settled, await findLeftovers(proxmox, move, 'target', signal));
  }
  const onSource = await statusOn(proxmox, move.source, move.vmid, signal);
  if (typeof onSource === 'object') {
    const leftovers =
      onTarget === 'unreachable' ? notLooked(move) : await findLeftovers(proxmox, move, 'source', signal);
    return proofOn('source', move, onSource, leftovers);
  }
  if (onTarget === 'unreachable' || onSource === 'unreachable') {
    const silent = onTarget === 'unreachable' ? move.target : move.source;
    return {
      where: 'unknown',
      leftovers: [],
      seen: `${silent} does not answer, and no other node has the guest`,
    };
  }
  return lookElsewhere(proxmox, move, signal);
}

/** Neither on the source nor on the target: somebody moved it elsewhere, or it is gone. */
async function lookElsewhere(
  proxmox: ProxmoxClient,
  move: PlannedMove,
  signal: AbortSignal,
): Promise<MoveProof> {
  const rows = await clusterResources(proxmox, 'vm', { signal });
  const row = rows.find((each) => each.vmid === move.vmid);
  if (row === undefined)
    return { where: 'unknown', leftovers: [], seen: `no node has VM ${move.vmid} any more` };
  // The list is some seconds old: only the node itself tells whether it has the guest.
  const there = await statusOn(proxmox, row.node, move.vmid, signal);
  if (typeof there !== 'object') {
    const why = there === 'absent' ? 'does not have it' : 'does not answer';
    return {
      where: 'unknown',
      leftovers: [],
      seen: `the cluster's list names ${row.node}, which ${why}`,
    };
  }
  // It went from one to the other while each was asked.
  if (row.node === move.source || row.node === move.target) return proveMove({ proxmox }, { signal }, move);
  return {
    where: 'elsewhere',
    node: row.node,
    leftovers: [],
    seen: `it is on ${row.node}, where nobody here moved it`,
  };
}

async function statusOn(
  proxmox: ProxmoxClient,
  node: string,
  vmid: number,
  signal: AbortSignal,
): Promise<GuestStatus | 'absent' | 'unreachable'> {
  try {
    return await qemuStatus(proxmox, { node, vmid }, { signal });
  } catch (error) {
    if (isCode(error, 'GuestNotFound')) return 'absent';
    if (isCode(error, 'NodeUnreachable')) return 'unreachable';
    throw error;
  }
}

async function withoutMigrateLock(
  proxmox: ProxmoxClient,
  move: PlannedMove,
  first: GuestStatus,
  signal: AbortSignal,
): Promise<GuestStatus> {
  let status = first;
  for (let looks = 1; looks < looksAtLock && status.lock === 'migrate'; looks += 1) {
    await delay(lookEveryMs, undefined, { signal });
    status = await qemuStatus(proxmox, { node: move.target, vmid: move.vmid }, { signal });
  }
  return status;
}

function proofOn(
  where: 'target' | 'source',
  move: PlannedMove,
  status: GuestStatus,
  found: { readonly leftovers: MoveProof['leftovers']; readonly notLooked: readonly string[] },
): MoveProof {
  const node = where === 'target' ? move.target : move.source;
  const lock = status.lock === undefined ? '' : `, locked (${status.lock})`;
  const left = found.leftovers.map(({ node: at, volume }) => `${volume} is left over on ${at}`);
  const words = [
    `it is on ${node}, ${status.running ? 'running' : 'stopped'}${lock}`,
    ...left,
    ...found.notLooked,
  ];
  return {
    where,
    node,
    running: status.running,
    ...(status.lock === undefined ? {} : { lock: status.lock }),
    leftovers: found.leftovers,
    seen: words.join('; '),
  };
}

function notLooked(move: PlannedMove) {
  return {
    leftovers: [],
    notLooked: [`${move.target} does not answer: leftovers there were not looked for`],
  };
}

function isCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof ManagerError && error.code === code;
}
