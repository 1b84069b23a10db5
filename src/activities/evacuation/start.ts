import { ManagerError, problem } from '../../domain/errors';
import type { PlannedMove } from '../../domain/evacuationPlan';
import { startMigration as requestMigration } from '../../proxmox/api/migration';
import { qemuStatus } from '../../proxmox/api/guests';
import type { ActivityDependencies } from '../dependencies';
import { isCode, lookAfterLostAnswer, rememberedUpid, taskToAdopt as newestTask } from '../shared/adoption';
import type { ActivityAttempt } from '../shared/attempt';
import { checkMove } from './moveHolds';
import type { MigrationStart, StartArguments } from './contract';

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
    if (isCode(error, 'OutcomeUnknown')) {
      const found = () => taskToAdopt(dependencies, attempt, input);
      return { kind: 'adopted', upid: await lookAfterLostAnswer(attempt, error, found) };
    }
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
  attempt: ActivityAttempt,
  { move, settledTasks }: StartArguments,
): Promise<string | undefined> {
  const kind = { node: move.source, types: ['qmigrate'], id: String(move.vmid) };
  return newestTask(proxmox, attempt, kind, settledTasks);
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

function isRefusal(error: unknown): boolean {
  return isCode(error, 'GuestLocked') || isCode(error, 'GuestNotFound') || isCode(error, 'ProxmoxFailed');
}
