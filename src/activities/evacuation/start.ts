import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError, problem, type ErrorCode } from '../../domain/errors';
import type { PlannedMove } from '../../domain/evacuationPlan';
import { parseUpid } from '../../domain/upid';
import { startMigration as requestMigration } from '../../proxmox/api/migration';
import { qemuStatus } from '../../proxmox/api/guests';
import { nodeTasks } from '../../proxmox/api/tasks';
import type { ActivityDependencies } from '../dependencies';
import type { ActivityAttempt } from '../shared/attempt';
import { checkMove } from './moveHolds';
import type { MigrationStart, StartArguments } from './contract';

/** After a lost answer the request may still be on its way: so often, and this far apart, the node is asked. */
const looksAfterLostAnswer = 5;
const lookEveryMs = 2_000;

/**
 * Starts a migration through adoption: is there a task of ours that nobody judged yet, running or finished? is
 * the guest on the target already? Only then, and if the plan still holds for it, is Proxmox asked, once.
 */
export async function startMigration(
  dependencies: ActivityDependencies,
  attempt: ActivityAttempt,
  input: StartArguments,
): Promise<MigrationStart> {
  const upid = rememberedUpid(attempt.remembered);
  if (upid !== undefined) return { kind: 'adopted', upid };

  const found = await look(dependencies, attempt, input);
  if (found !== undefined) return found;
  attempt.requireAlive();
  try {
    const started = await requestMigration(dependencies.proxmox, placeOf(input.move), requestOf(input), {
      signal: attempt.signal,
    });
    attempt.tellNow({ upid: started.text });
    dependencies.poller.noteStart(started);
    return { kind: 'started', upid: started.text };
  } catch (error) {
    if (isCode(error, 'OutcomeUnknown')) return lookAfterLostAnswer(dependencies, attempt, input, error);
    // Another attempt of this step was faster: its task is found now.
    const twin = isRefusal(error) ? await taskToAdopt(dependencies, attempt, input) : undefined;
    if (twin === undefined) throw error;
    return { kind: 'adopted', upid: twin };
  }
}

/** A task to adopt, or the goal reached; undefined: nothing is there and the move may be asked for. */
async function look(
  dependencies: ActivityDependencies,
  attempt: ActivityAttempt,
  input: StartArguments,
): Promise<MigrationStart | undefined> {
  const { move } = input;
  const upid = await taskToAdopt(dependencies, attempt, input);
  if (upid !== undefined) return { kind: 'adopted', upid };
  const { onSource, differences } = await checkMove(dependencies, attempt, input);
  if (!onSource && (await isOnTarget(dependencies, attempt, move))) return { kind: 'alreadyThere' };
  if (differences.length === 0) return undefined;
  // A lock may be that of a task that another attempt has just begun.
  const begun = await taskToAdopt(dependencies, attempt, input);
  if (begun !== undefined) return { kind: 'adopted', upid: begun };
  throw new ManagerError(
    problem('PlanDrifted', {
      attempted: `migrate VM ${move.vmid} (${move.name}) from ${move.source} to ${move.target}`,
      failed: differences.join('; '),
    }),
  );
}

/** The request may still be on its way to its node: looks for its effect several times. Throws the loss if there is none. */
async function lookAfterLostAnswer(
  dependencies: ActivityDependencies,
  attempt: ActivityAttempt,
  input: StartArguments,
  lost: ManagerError,
): Promise<MigrationStart> {
  for (let looks = 0; looks < looksAfterLostAnswer; looks += 1) {
    const upid = await taskToAdopt(dependencies, attempt, input);
    if (upid !== undefined) return { kind: 'adopted', upid };
    await delay(lookEveryMs, undefined, { signal: attempt.signal });
  }
  throw lost;
}

async function isOnTarget(
  { proxmox }: ActivityDependencies,
  { signal }: ActivityAttempt,
  move: PlannedMove,
): Promise<boolean> {
  try {
    await qemuStatus(proxmox, { node: move.target, vmid: move.vmid }, { signal });
    return true;
  } catch (error) {
    if (isCode(error, 'GuestNotFound')) return false;
    throw error;
  }
}

/** The newest migration task of this guest that our user started and that no step has judged yet. */
async function taskToAdopt(
  { proxmox }: ActivityDependencies,
  { signal }: ActivityAttempt,
  { move, settledTasks }: StartArguments,
): Promise<string | undefined> {
  const { user } = await proxmox.account(signal);
  const filter = { vmid: move.vmid, typefilter: 'qmigrate', userfilter: user, source: 'all' as const };
  const rows = await nodeTasks(proxmox, move.source, filter, { signal });
  const settled = new Set(settledTasks);
  // A running row has the token inside `user`, a finished one apart (observed: tasks): the UPID has both always.
  const candidates = rows.filter(
    (row) => parseUpid(row.upid).user === user && row.id === String(move.vmid) && !settled.has(row.upid),
  );
  const [newest] = candidates.toSorted((one, other) => other.startTimeSeconds - one.startTimeSeconds);
  return newest?.upid;
}

function placeOf(move: PlannedMove) {
  return { node: move.source, vmid: move.vmid };
}

function requestOf({ move, bandwidthLimitBytesPerSecond }: StartArguments) {
  return {
    target: move.target,
    online: move.mode === 'live',
    withLocalDisks: move.mode === 'live' && move.localDisks.length > 0,
    ...(bandwidthLimitBytesPerSecond === undefined
      ? {}
      : { bwlimitKiBPerSecond: Math.ceil(bandwidthLimitBytesPerSecond / 1024) }),
  };
}

function rememberedUpid(remembered: unknown): string | undefined {
  const upid: unknown =
    typeof remembered === 'object' && remembered !== null ? Reflect.get(remembered, 'upid') : undefined;
  return typeof upid === 'string' ? upid : undefined;
}

function isRefusal(error: unknown): boolean {
  return isCode(error, 'GuestLocked') || isCode(error, 'GuestNotFound') || isCode(error, 'ProxmoxFailed');
}

function isCode(error: unknown, code: ErrorCode): error is ManagerError {
  return error instanceof ManagerError && error.code === code;
}
