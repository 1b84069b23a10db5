import type { Identity } from '../access/state';
import type { BroadcastTask } from '../cluster/broadcasts';
import type { Task } from './task';

/** True if the caller may see a task as its own: a token only its own, a user also those of its tokens. */
export function isOwn({ authId, user, tokenId }: Identity, owner: string): boolean {
  return owner === authId || (tokenId === undefined && owner.split('!')[0] === user);
}

/** Newest start first, within a second by process id. */
export function byStart(one: Task, other: Task): number {
  return other.parts.starttime - one.parts.starttime || other.parts.pid - one.parts.pid;
}

/** User and token as task rows show them apart. */
export function tokenParts(authId: string): Record<string, string> {
  const [user = '', tokenid] = authId.split('!');
  return tokenid === undefined ? { user } : { user, tokenid };
}

/** A row of an ended task in a node's list. */
export function endedTaskRow(task: Task): Record<string, unknown> {
  return { ...sharedParts(task), ...processParts(task), endtime: task.endTime, status: task.exitStatus };
}

/** A row of a running task in a node's list. */
export function runningTaskRow(task: Task): Record<string, unknown> {
  return { ...sharedParts(task), ...processParts(task), status: 'RUNNING' };
}

/** A row of /cluster/tasks: without process figures; a running one has neither end nor status. */
export function broadcastTaskRow({ task, endTime, exitStatus }: BroadcastTask): Record<string, unknown> {
  const row = sharedParts(task);
  return endTime === undefined
    ? { ...row, saved: '0' }
    : { ...row, endtime: endTime, status: exitStatus, saved: '1' };
}

function sharedParts({ upid, parts }: Task): Record<string, unknown> {
  const { node, starttime, type, id, authId } = parts;
  return { upid, node, starttime, type, id, ...tokenParts(authId) };
}

function processParts({ parts: { pid, pstart } }: Task): Record<string, unknown> {
  return { pid, pstart };
}
