import { z } from 'zod';

import type { Upid } from '../../domain/upid';
import type { CallOptions, ProxmoxClient } from '../types';
import { apiPath } from '../path';
import { maybe, nothing, numeric, textual } from '../schemas';

const statusAnswer = z
  .object({ status: z.enum(['running', 'stopped']), exitstatus: maybe(z.string()) })
  .transform(({ status, exitstatus }) => ({ running: status === 'running', exitStatus: exitstatus }));

/** Whether a task runs, and how it ended. */
export type TaskStatus = z.infer<typeof statusAnswer>;

/** `GET /nodes/{node}/tasks/{upid}/status`. Throws NotFound for a task that the node does not know (any more). */
export async function taskStatus(
  client: ProxmoxClient,
  upid: Upid,
  options: CallOptions = {},
): Promise<TaskStatus> {
  return client.read(
    {
      ...options,
      node: upid.node,
      path: apiPath`/nodes/${upid.node}/tasks/${upid.text}/status`,
      kind: 'poll',
    },
    statusAnswer,
  );
}

const logLine = z.object({ n: numeric, t: z.string() });

/** A line of a task's log; `n` counts from 1. */
export type TaskLogLine = z.infer<typeof logLine>;

// 8.4 answers an object for a task that it does not know (observed: Lifecycle and tasks).
const logAnswer = z.union([z.array(logLine), z.record(z.string(), z.unknown()).transform(() => [])]);

/** Texts that stand for an empty log (behaviour: 3.3). */
const placeholders = ['no content', 'unable to open file - No such file or directory'];

/** `GET /nodes/{node}/tasks/{upid}/log` from line `start` (0: the first), at most `limit` lines (0: all). */
export async function taskLog(
  client: ProxmoxClient,
  upid: Upid,
  range: { readonly start: number; readonly limit: number },
  options: CallOptions = {},
): Promise<TaskLogLine[]> {
  const lines: TaskLogLine[] = await client.read(
    {
      ...options,
      node: upid.node,
      path: apiPath`/nodes/${upid.node}/tasks/${upid.text}/log`,
      query: { start: range.start, limit: range.limit },
      kind: 'poll',
    },
    logAnswer,
  );
  const [only] = lines;
  const isPlaceholder = lines.length === 1 && only !== undefined && placeholders.includes(only.t);
  return isPlaceholder ? [] : lines;
}

/** `DELETE /nodes/{node}/tasks/{upid}`: asks the task to end; answers after at most 5 s. Harmless if it has ended. */
export async function abortTask(client: ProxmoxClient, upid: Upid, options: CallOptions = {}): Promise<void> {
  await client.change(
    {
      ...options,
      method: 'DELETE',
      node: upid.node,
      path: apiPath`/nodes/${upid.node}/tasks/${upid.text}`,
    },
    nothing,
  );
}

const taskRow = z
  .object({
    upid: z.string(),
    type: z.string(),
    id: maybe(textual),
    user: z.string(),
    tokenid: maybe(z.string()),
    starttime: numeric,
    endtime: maybe(numeric),
    status: maybe(z.string()),
  })
  .transform((row) => ({
    upid: row.upid,
    type: row.type,
    id: row.id ?? '',
    user: row.user,
    tokenName: row.tokenid,
    startTimeSeconds: row.starttime,
    endTimeSeconds: row.endtime,
    running: row.endtime === undefined,
    /** Only of finished ones. Running ones have none, or the word RUNNING (behaviour: 3.3). */
    exitStatus: row.endtime === undefined ? undefined : row.status,
  }));

/** A task in the list of its node. */
export type TaskRow = z.infer<typeof taskRow>;

/** Which tasks to list. */
export interface TaskFilter {
  readonly vmid?: number;
  /** Exact type, e.g. `qmigrate`. */
  readonly typefilter?: string;
  /** Default `all`: Proxmox's own default leaves running ones out (behaviour: 3.3). */
  readonly source?: 'archive' | 'active' | 'all';
  /** Started at or after, epoch seconds of the node's clock. */
  readonly since?: number;
  /** Part of the user's name. */
  readonly userfilter?: string;
  /** At most so many; 0 gives none (observed-9: Tasks). */
  readonly limit?: number;
  /** List of ok, warning, error, unknown: only finished ones that ended so. */
  readonly statusfilter?: string;
  /** Rows to pass over, for reading on page by page. */
  readonly start?: number;
}

/** `GET /nodes/{node}/tasks`, newest first. A token sees its own tasks, all of them with Sys.Audit on the node. */
export async function nodeTasks(
  client: ProxmoxClient,
  node: string,
  filter: TaskFilter,
  options: CallOptions = {},
): Promise<TaskRow[]> {
  const query = { ...filter, source: filter.source ?? 'all' };
  return client.read({ ...options, node, path: apiPath`/nodes/${node}/tasks`, query }, z.array(taskRow));
}

/** So many rows of a node's list are asked for when its tasks are polled: all that run, and then the newest that ended. */
export const polledRows = 250;

/**
 * `GET /nodes/{node}/tasks` for tasks that were begun a short while ago: one request tells of all of them whether they run,
 * and how they ended.
 */
export async function recentTasks(
  client: ProxmoxClient,
  node: string,
  options: CallOptions = {},
): Promise<TaskRow[]> {
  const query = { source: 'all', limit: polledRows };
  const path = apiPath`/nodes/${node}/tasks`;
  return client.read({ ...options, node, path, query, kind: 'poll' }, z.array(taskRow));
}

/**
 * `GET /cluster/tasks`: what each node last told of its running and newest tasks, up to 10 s ago. The list of a dead
 * node stays as it was: its tasks look running until it is back (behaviour: 3.3). All tasks only with Sys.Audit on /.
 */
export async function clusterTasks(client: ProxmoxClient, options: CallOptions = {}): Promise<TaskRow[]> {
  return client.read({ ...options, path: '/cluster/tasks' }, z.array(taskRow));
}
