import { setTimeout as delay } from 'node:timers/promises';

import { ManagerError, type ErrorCode } from '../../domain/errors';
import { parseUpid } from '../../domain/upid';
import { qemuStatus, type GuestPlace } from '../../proxmox/api/guests';
import { nodeTasks, taskLog } from '../../proxmox/api/tasks';
import type { ProxmoxClient } from '../../proxmox/types';
import type { ActivityAttempt } from './attempt';

/** After a lost answer the request may still be on its way: so often, and this far apart, the node is asked. */
const looksAfterLostAnswer = 5;
const lookEveryMs = 2_000;

/** So many tasks of each node are known at least before the first step of an operation; new ones are put before them. */
const newestTasks = 10_000;

/** Tasks of one kind on one object. */
export interface TaskKind {
  readonly node: string;
  /** One of these types. */
  readonly types: readonly string[];
  /** What they work on, as in the UPID. */
  readonly id: string;
  /** The guest that a clone makes, and where it is made: its task carries the VMID of what is cloned. */
  readonly makes?: ClonedGuest;
}

/** The guest that a clone makes. */
export interface ClonedGuest extends GuestPlace {
  /** Whether the guest that has this VMID now is the clone, whole. Absent: whoever has it counts as the clone. */
  readonly isOurs?: () => Promise<boolean>;
}

/** The tasks of a kind that our user started, the newest first. */
export async function tasksOf(
  proxmox: ProxmoxClient,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  { node, types, id }: TaskKind,
): Promise<readonly string[]> {
  const { user } = await proxmox.account(signal);
  const vmid = /^[1-9]\d{2,8}$/.test(id) ? { vmid: Number(id) } : {};
  const [only, ...others] = types;
  const type = only !== undefined && others.length === 0 ? { typefilter: only } : {};
  const filter = { ...vmid, ...type, userfilter: user, source: 'all' as const };
  const rows = await nodeTasks(proxmox, node, filter, { signal });
  // A running row has the token inside `user`, a finished one apart (observed: tasks): the UPID has both always.
  return rows
    .filter((row) => parseUpid(row.upid).user === user && row.id === id && types.includes(row.type))
    .toSorted((one, other) => other.startTimeSeconds - one.startTimeSeconds)
    .map(({ upid }) => upid);
}

/**
 * The newest task of a kind that our user started and that no step has judged yet. One that is not among the newest
 * of its node may be older than the operation, which read no more of them before its first step: it is left alone.
 */
export async function taskToAdopt(
  proxmox: ProxmoxClient,
  attempt: Pick<ActivityAttempt, 'signal'>,
  kind: TaskKind,
  settledTasks: readonly string[],
): Promise<string | undefined> {
  const settled = new Set(settledTasks);
  const candidates = (await tasksOf(proxmox, attempt, kind)).filter((upid) => !settled.has(upid));
  const found =
    kind.makes === undefined ? candidates[0] : await cloneTask(proxmox, attempt, candidates, kind.makes);
  if (found === undefined) return undefined;
  const newest = await nodeTasks(
    proxmox,
    kind.node,
    { source: 'all', limit: newestTasks },
    { signal: attempt.signal },
  );
  return newest.some(({ upid }) => upid === found) ? found : undefined;
}

/**
 * Of the clones of one guest the one that made a certain other. 9 says in the log which that is (observed-9), 8.4 only in
 * the names of the volumes that it makes (recordings b5, e2). One that tells nothing yet is taken where the guest is
 * there, or begun, and no other tells that it makes it; a stranger that has the VMID is no such guest.
 */
async function cloneTask(
  proxmox: ProxmoxClient,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  candidates: readonly string[],
  makes: ClonedGuest,
): Promise<string | undefined> {
  const silent: string[] = [];
  for (const upid of candidates) {
    const task = parseUpid(upid);
    const lines = await taskLog(proxmox, task, { start: 0, limit: 20 }, { signal });
    const newId = cloneInLog(
      lines.map(({ t }) => t),
      task.id,
    );
    if (newId === String(makes.vmid)) return upid;
    if (newId === undefined) silent.push(upid);
  }
  const [newest] = silent;
  if (newest === undefined) return undefined;
  // Until it has ended the clone is on the node of what is cloned.
  const places = [makes, { ...makes, node: parseUpid(newest).node }];
  return (await isAnyTheClone(proxmox, places, signal)) ? newest : undefined;
}

/** The second is the end of one whose VMID was taken. */
const wordsOfClones = /^creating a clone of VM \d+ with ID (\d+)$|unable to create VM (\d+)\b/;

/** The VMID of the guest that a clone of `source` makes, as its log tells it. */
function cloneInLog(lines: readonly string[], source: string): string | undefined {
  const told = lines.flatMap((line) => wordsOfClones.exec(line)?.slice(1).find(Boolean) ?? []);
  const volumes = lines
    .flatMap((line) => [...line.matchAll(/\bvm-(\d+)-(?:disk|cloudinit)/g)])
    .flatMap(([, vmid]) => (vmid === undefined || vmid === source ? [] : [vmid]));
  return told[0] ?? volumes[0];
}

async function isAnyTheClone(
  proxmox: ProxmoxClient,
  places: readonly ClonedGuest[],
  signal: AbortSignal,
): Promise<boolean> {
  for (const place of places) if (await isTheClone(proxmox, place, signal)) return true;
  return false;
}

/** While it is made its configuration does not say whose it is (behaviour: 5.13). */
async function isTheClone(
  proxmox: ProxmoxClient,
  { isOurs, ...place }: ClonedGuest,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { lock } = await qemuStatus(proxmox, place, { signal });
    return lock === 'clone' || isOurs === undefined || (await isOurs());
  } catch (error) {
    if (isCode(error, 'GuestNotFound')) return false;
    throw error;
  }
}

/** Looks several times for the effect of a request whose answer was lost. Throws the loss if there is none. */
export async function lookAfterLostAnswer(
  { signal }: Pick<ActivityAttempt, 'signal'>,
  lost: ManagerError,
  look: () => Promise<string | undefined>,
): Promise<string> {
  for (let looks = 0; looks < looksAfterLostAnswer; looks += 1) {
    const upid = await look();
    if (upid !== undefined) return upid;
    await delay(lookEveryMs, undefined, { signal });
  }
  throw lost;
}

/** The task that an attempt before has told of. */
export function rememberedUpid(remembered: unknown): string | undefined {
  const upid: unknown =
    typeof remembered === 'object' && remembered !== null ? Reflect.get(remembered, 'upid') : undefined;
  return typeof upid === 'string' ? upid : undefined;
}

/** Whether an error is one of the project's with this code. */
export function isCode(error: unknown, code: ErrorCode): error is ManagerError {
  return error instanceof ManagerError && error.code === code;
}
