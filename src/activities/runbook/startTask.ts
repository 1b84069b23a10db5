import type { ManagerError } from '../../domain/errors';
import { qemuStatus } from '../../proxmox/api/guests';
import { storageContent } from '../../proxmox/api/node';
import { removedVolume } from '../../proxmox/tasks/removedVolume';
import { taskOfRequest, type BegunTask } from '../../proxmox/tasks/taskOfRequest';
import { isCode, lookAfterLostAnswer, rememberedUpid, taskToAdopt, tasksOf } from '../shared/adoption';
import type { ActivityAttempt } from '../shared/attempt';
import { doneWith, type RawAnswer } from './answer';
import type { LookBeforeArguments, StartTaskArguments, TaskOutlook, TaskStart } from './contract';
import type { RunbookDependencies } from './dependencies';
import { askCluster, ownRequest, type OwnRequest } from './requests';
import { textsOfStep } from './texts';

/** Whether the task of a request could be found again, and which ones of its kind are there already. */
export async function lookBefore(
  dependencies: RunbookDependencies,
  attempt: ActivityAttempt,
  input: LookBeforeArguments,
): Promise<TaskOutlook> {
  const request = ownRequest(input.step, await textsOfStep(dependencies, attempt, input));
  const task = taskOfRequest(request);
  if (task === undefined) {
    return { isAdoptable: removedVolume(request) !== undefined, isRepeatable: false, knownTasks: [] };
  }
  const isKnown = areTasksKnown(task, input.tasksKnownOf);
  const knownTasks = isKnown ? [] : await tasksOf(dependencies.proxmox, attempt, task);
  return { isAdoptable: true, isRepeatable: mayBeRepeated(request, input), knownTasks };
}

function areTasksKnown({ types, id }: BegunTask, of: LookBeforeArguments['tasksKnownOf']): boolean {
  return of !== undefined && (types.includes('download') || of.includes(Number(id)));
}

/** Sends a request that begins a task, unless a task of it is there that nobody has judged yet. */
export async function startTask(
  dependencies: RunbookDependencies,
  attempt: ActivityAttempt,
  input: StartTaskArguments,
): Promise<TaskStart> {
  const remembered = rememberedUpid(attempt.remembered);
  if (remembered !== undefined) return { kind: 'adopted', upid: remembered };
  const texts = await textsOfStep(dependencies, attempt, input);
  const request = ownRequest(input.step, texts);
  const task = taskOfRequest(request);
  const look = async () =>
    task === undefined ? undefined : taskToAdopt(dependencies.proxmox, attempt, task, input.settledTasks);
  const found = input.isFirst === true && attempt.isFirst ? undefined : await look();
  if (found !== undefined) return { kind: 'adopted', upid: found };
  attempt.requireAlive();
  let answer: RawAnswer;
  try {
    answer = await askCluster(dependencies, attempt, input.step, request);
  } catch (error) {
    if (isCode(error, 'OutcomeUnknown'))
      return await settleLoss(dependencies, attempt, input, request, error, look);
    // Another attempt of this step was faster: its task is found now.
    const twin = isRefusal(error) ? await look() : undefined;
    if (twin === undefined) throw error;
    return { kind: 'adopted', upid: twin };
  }
  if (!answer.text.startsWith('UPID:')) {
    return { kind: 'answered', done: doneWith(input.step, input.values, answer, texts.redaction) };
  }
  attempt.tellNow({ upid: answer.text });
  return { kind: 'started', upid: answer.text };
}

/** Looks only: the task that is to be adopted, or whether what was to be removed is gone. */
export async function lookForTask(
  dependencies: RunbookDependencies,
  attempt: ActivityAttempt,
  input: StartTaskArguments,
): Promise<TaskStart> {
  const request = ownRequest(input.step, await textsOfStep(dependencies, attempt, input));
  const task = taskOfRequest(request);
  const upid =
    task === undefined
      ? undefined
      : await taskToAdopt(dependencies.proxmox, attempt, task, input.settledTasks);
  if (upid !== undefined) return { kind: 'adopted', upid };
  return (await isGone(dependencies, attempt, request)) ? { kind: 'gone' } : { kind: 'nothing' };
}

async function settleLoss(
  dependencies: RunbookDependencies,
  attempt: ActivityAttempt,
  input: StartTaskArguments,
  request: OwnRequest,
  lost: ManagerError,
  look: () => Promise<string | undefined>,
): Promise<TaskStart> {
  try {
    return { kind: 'adopted', upid: await lookAfterLostAnswer(attempt, lost, look) };
  } catch (error) {
    const mayRepeat = mayBeRepeated(request, input);
    const gone = await isGone(dependencies, attempt, request).catch((reason: unknown) => {
      if (mayRepeat) throw reason;
      return false;
    });
    if (gone) return { kind: 'gone' };
    // That it can't be seen may be tried again by itself, what is sent only once may not.
    throw mayRepeat ? error : lost;
  }
}

/** Whether the same may be sent again where nothing of it is to be seen. */
function mayBeRepeated(request: OwnRequest, { step }: StartTaskArguments | LookBeforeArguments): boolean {
  return taskOfRequest(request)?.isRepeatable === true && step.kind !== 'destroy';
}

/** Whether a virtual machine or a volume that was to be removed is not there any more: asked from the node that had it. */
async function isGone(
  { proxmox }: RunbookDependencies,
  { signal }: ActivityAttempt,
  request: OwnRequest,
): Promise<boolean> {
  const volume = removedVolume(request);
  if (volume !== undefined) {
    const rows = await storageContent(proxmox, volume, { signal });
    return rows.every(({ volid }) => volid !== volume.volid);
  }
  const task = taskOfRequest(request);
  if (request.method !== 'DELETE' || task?.types.includes('qmdestroy') !== true) return false;
  try {
    await qemuStatus(proxmox, { node: task.node, vmid: Number(task.id) }, { signal });
    return false;
  } catch (error) {
    return isCode(error, 'GuestNotFound');
  }
}

function isRefusal(error: unknown): boolean {
  return isCode(error, 'GuestLocked') || isCode(error, 'GuestNotFound') || isCode(error, 'ProxmoxFailed');
}
