import { gzipSync } from 'node:zlib';
import type { ApiCall, EndpointTable } from '../http/call';
import { fail, parameterError } from '../http/errors';
import { page, RawResult, type ResultWithMembers } from '../http/results';
import { broadcastTaskRow, endedTaskRow, isOwn, runningTaskRow, tokenParts } from './rows';
import { byStart, type Task } from './task';
import { parseUpid, type UpidParts } from './upid';

/** Reading and stopping tasks (behaviour.md 3.3). */
export const taskEndpoints: EndpointTable = {
  'GET /cluster/tasks': listClusterTasks,
  'GET /nodes/{node}/tasks': listNodeTasks,
  'GET /nodes/{node}/tasks/{upid}/status': readStatus,
  'GET /nodes/{node}/tasks/{upid}/log': readLog,
  'DELETE /nodes/{node}/tasks/{upid}': stopTask,
};

/**
 * Without Sys.Audit only rows whose user is the caller's full name: a user's own tasks and those of its tokens, but none
 * for a token, not even its own (recordings 8 c1 and 9 t1).
 */
function listClusterTasks(call: ApiCall): unknown {
  const mayAll = call.may('/', ['Sys.Audit']);
  return call.cluster.broadcasts
    .tasks()
    .filter(({ task }) => mayAll || task.parts.authId.split('!')[0] === call.identity.authId)
    .map((row) => broadcastTaskRow(row));
}

function listNodeTasks(call: ApiCall): unknown {
  const { parameters, node, cluster } = call;
  const source = parameters.optionalText('source') ?? 'archive';
  const mayAll = call.may(`/nodes/${node.name}`, ['Sys.Audit']);
  const tasks = cluster.tasks
    .ofNode(node.name)
    .filter((task) => mayAll || isOwn(call.identity, task.parts.authId));
  const running = tasks.filter((task) => task.running);
  const ended = tasks.filter((task) => !task.running).sort(byEnd);
  const rows = [
    ...(source === 'archive'
      ? []
      : running.filter((task) => isWanted(call, task)).map((task) => runningTaskRow(task))),
    ...(source === 'active'
      ? []
      : ended.filter((task) => isWanted(call, task)).map((task) => endedTaskRow(task))),
  ];
  const start = parameters.optionalInteger('start') ?? 0;
  const limit = parameters.optionalInteger('limit') ?? 50;
  return page(rows.slice(start, start + limit), rows.length);
}

/** Newest end first; what ended in the same second by its start. */
function byEnd(one: Task, other: Task): number {
  return (other.endTime ?? 0) - (one.endTime ?? 0) || byStart(one, other);
}

function isWanted({ parameters }: ApiCall, { parts, exitStatus, running }: Task): boolean {
  const since = parameters.optionalInteger('since');
  const until = parameters.optionalInteger('until');
  const vmid = parameters.optionalText('vmid');
  const type = parameters.optionalText('typefilter');
  const user = parameters.optionalText('userfilter');
  const kinds = parameters.list('statusfilter').map((kind) => kind.toLowerCase());
  const kind = running ? 'running' : kindOf(exitStatus ?? '');
  if (since !== undefined && parts.starttime < since) return false;
  if (until !== undefined && parts.starttime > until) return false;
  if (vmid !== undefined && parts.id !== vmid) return false;
  if (type !== undefined && parts.type !== type) return false;
  if (user !== undefined && !parts.authId.includes(user)) return false;
  if (parameters.flag('errors') && kind === 'ok') return false;
  return kinds.length === 0 || kinds.includes(kind);
}

function kindOf(exitStatus: string): 'ok' | 'warning' | 'unknown' | 'error' {
  if (exitStatus === 'OK') return 'ok';
  if (exitStatus.startsWith('WARNINGS: ')) return 'warning';
  return exitStatus === 'unexpected status' ? 'unknown' : 'error';
}

function readStatus(call: ApiCall): unknown {
  const { upid, parts } = visibleTask(call, ['Sys.Audit']);
  const task = call.cluster.tasks.find(upid, call.node.name) ?? refuseUnknown();
  const { pid, pstart, starttime, type, id, authId } = parts;
  return {
    upid,
    node: parts.node,
    pid,
    pstart,
    starttime,
    type,
    id,
    ...tokenParts(authId),
    status: task.running ? 'running' : 'stopped',
    ...(task.exitStatus === undefined ? {} : { exitstatus: task.exitStatus }),
  };
}

function readLog(call: ApiCall): unknown {
  const { parameters, cluster, node } = call;
  const { upid } = visibleTask(call, ['Sys.Audit']);
  const task = cluster.tasks.find(upid, node.name);
  if (parameters.flag('download')) return downloadLog(call, upid, task);
  if (task === undefined) return missingLog(cluster.version.major);
  if (task.lines.length === 0) return page([{ n: 1, t: 'no content' }], 1);
  const start = parameters.optionalInteger('start') ?? 0;
  const limit = parameters.optionalInteger('limit') ?? 50;
  const lines = task.lines.map((t, index) => ({ n: index + 1, t }));
  return page(limit === 0 ? lines.slice(start) : lines.slice(start, start + limit), lines.length);
}

/** 8 answers an object where 9 has a list of one line (recordings a1 and t1). */
function missingLog(major: 8 | 9): ResultWithMembers {
  const line = { n: 1, t: 'unable to open file - No such file or directory' };
  return page(major === 8 ? line : [line], 1);
}

function downloadLog({ parameters, cluster }: ApiCall, upid: string, task: Task | undefined): RawResult {
  if (parameters.has('start') || parameters.has('limit')) {
    fail("'download' cannot be used together with 'start' or 'limit' parameters");
  }
  if (task === undefined) return fail(`unable to open file - No such file or directory`);
  const text = Buffer.from(task.lines.map((line) => `${line}\n`).join(''));
  if (cluster.version.major === 8) return new RawResult(text, { 'Content-Type': 'text/plain' });
  const disposition = `attachment; filename="task-${upid}.log"`;
  return new RawResult(gzipSync(text), {
    'Content-Type': 'text/plain',
    'Content-Encoding': 'gzip',
    'Content-Disposition': disposition,
  });
}

async function stopTask(call: ApiCall): Promise<null> {
  const { upid } = visibleTask(call, ['Sys.Modify']);
  const task = call.cluster.tasks.find(upid, call.node.name) ?? refuseUnknown();
  await call.cluster.tasks.stop(task);
  return null;
}

function visibleTask(call: ApiCall, privileges: readonly string[]): { upid: string; parts: UpidParts } {
  const upid = call.parameters.text('upid');
  const parts = parseUpid(upid);
  if (parts === undefined) return parameterError({ upid: 'unable to parse worker upid' });
  if (!isOwn(call.identity, parts.authId)) call.requirePrivilege(`/nodes/${call.node.name}`, privileges);
  return { upid, parts };
}

function refuseUnknown(): never {
  return parameterError({ upid: 'no such task' });
}
