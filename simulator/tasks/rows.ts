import type { Identity } from '../access/state';
import type { BroadcastTask } from '../cluster/broadcasts';
import type { Task } from './task';

/** True if the caller may see a task as its own: a token only its own, a user also those of its tokens. */
export function isOwn({ authId, user, tokenId }: Identity, owner: string): boolean {
  return owner === authId || (tokenId === undefined && owner.split('!')[0] === user);
}

/** User and token as task rows show them apart. */
export function tokenParts(authId: string): Record<string, string> {
  const [user = '', tokenid] = authId.split('!');
  return tokenid === undefined ? { user } : { user, tokenid };
}

/** A row of an ended task in a node's list. */
export function endedTaskRow(task: Task): Record<string, unknown> {
  const { pid, pstart, authId } = task.parts;
  return {
    ...sharedParts(task),
    ...tokenParts(authId),
    pid,
    pstart,
    endtime: task.endTime,
    status: task.exitStatus,
  };
}

/** A row of a running task in a node's list: `user` holds the token too (recordings 8 b3, 9 d2 and d4). */
export function runningTaskRow(task: Task): Record<string, unknown> {
  const { pid, pstart, authId } = task.parts;
  return { ...sharedParts(task), user: authId, pid, pstart, status: 'RUNNING', saved: '0' };
}

/** A row of /cluster/tasks: a running one has a process id, and neither end nor status. */
export function broadcastTaskRow({
  task,
  endTime,
  exitStatus,
  saved,
}: BroadcastTask): Record<string, unknown> {
  const row = {
    ...sharedParts(task),
    ...tokenParts(task.parts.authId),
    ...(saved === undefined ? {} : { saved }),
  };
  return endTime === undefined
    ? { ...row, pid: task.parts.pid }
    : { ...row, endtime: endTime, status: exitStatus };
}

function sharedParts({ upid, parts }: Task): Record<string, unknown> {
  const { node, starttime, type, id } = parts;
  return { upid, node, starttime, type, id };
}
