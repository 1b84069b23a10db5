import { ManagerError } from '../../domain/errors';
import type { TaskBegun, TasksBefore } from '../../domain/template/step';
import type { ProxmoxClient } from '../../proxmox/types';
import { isCode, lookAfterLostAnswer, rememberedUpid, taskToAdopt, type TaskKind } from '../shared/adoption';
import type { ActivityAttempt } from '../shared/attempt';

/** A request that begins a task, with everything that keeps it from being sent twice. */
export interface TaskWish {
  readonly task: TaskKind;
  readonly before: TasksBefore;
  /** False: the goal can't be reached before the first attempt, which then looks for nothing. */
  readonly mayBeDoneAtFirst: boolean;
  /** Sent once: where its answer is lost and looking fails too, a person decides, not the next attempt. */
  readonly onlyOnce?: true;
  /** Whether what the task is for is there already. Throws where something else is in its place. */
  readonly isDone: () => Promise<boolean>;
  /** Sends the request; the task's UPID. */
  readonly send: () => Promise<string>;
}

/** The goal is reached: done. A task of ours that nobody judged: adopted. Only then the request is sent, once. */
export async function beginTask(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { task, before, mayBeDoneAtFirst, onlyOnce, isDone, send }: TaskWish,
): Promise<TaskBegun> {
  const remembered = rememberedUpid(attempt.remembered);
  if (remembered !== undefined) return { kind: 'adopted', upid: remembered };
  const isFirst = before.isFirst === true && attempt.isFirst;
  const look = () => taskToAdopt(client, attempt, knownByGoal(task, isDone), before.settledTasks);
  // A task that runs comes first: its goal may look reached while it still works.
  const found = isFirst ? undefined : await look();
  if (found !== undefined) return { kind: 'adopted', upid: found };
  if ((!isFirst || mayBeDoneAtFirst) && (await isDone())) return { kind: 'done' };
  attempt.requireAlive();
  try {
    const upid = await send();
    attempt.tellNow({ upid });
    return { kind: 'started', upid };
  } catch (error) {
    if (isCode(error, 'OutcomeUnknown')) {
      const upid = await lookAfterLostAnswer(attempt, error, look).catch((reason: unknown) => {
        throw onlyOnce === true ? error : reason;
      });
      return { kind: 'adopted', upid };
    }
    // Another attempt of this step was faster: its task is found now.
    const twin = isRefusal(error) ? await look() : undefined;
    if (twin === undefined) throw error;
    return { kind: 'adopted', upid: twin };
  }
}

/** The task of a clone is not taken for ours where a stranger has the VMID. */
function knownByGoal(task: TaskKind, isDone: () => Promise<boolean>): TaskKind {
  if (task.makes === undefined) return task;
  const isOurs = async () => {
    try {
      return await isDone();
    } catch (error) {
      if (isCode(error, 'PlanDrifted')) return false;
      throw error;
    }
  };
  return { ...task, makes: { ...task.makes, isOurs } };
}

/** What became of a step, and whether nothing had to be done because what it is about was never there. */
export function toldAbsent(begun: TaskBegun, isAbsent: boolean): TaskBegun {
  return begun.kind === 'done' && isAbsent ? { kind: 'done', isAbsent } : begun;
}

/**
 * Looks after a request that failed. Where its answer was lost and looking fails too, the loss stays the answer: what the
 * look failed with would have the request sent again by itself. That something else is there (PlanDrifted) was seen.
 */
export async function lookAfter<T>(failed: ManagerError, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (reason) {
    throw isCode(failed, 'OutcomeUnknown') && !isCode(reason, 'PlanDrifted') ? failed : reason;
  }
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof ManagerError && ['GuestLocked', 'GuestNotFound', 'ProxmoxFailed'].includes(error.code)
  );
}
