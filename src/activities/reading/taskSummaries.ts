import type { TaskOutcome, TaskSummary } from '../../domain/clusterReading';
import { parseUpid } from '../../domain/upid';
import type { TaskRow } from '../../proxmox/api/tasks';

/** A task as its own node tells of it. */
export function taskSummary(row: TaskRow): TaskSummary {
  return {
    ...identityOf(row),
    ...(row.endTimeSeconds === undefined ? {} : { endedAt: isoOf(row.endTimeSeconds) }),
    outcome: row.running ? 'running' : outcomeOf(row.exitStatus),
    ...(row.exitStatus === undefined ? {} : { exitStatus: row.exitStatus }),
  };
}

/** A task of a silent node, from the node's last broadcast: one that ran then may have ended since. */
export function taskOfSilentNode(row: TaskRow): TaskSummary {
  return row.running ? { ...identityOf(row), outcome: 'unknown' } : taskSummary(row);
}

/** Newest first. */
export function byStart(one: TaskSummary, other: TaskSummary): number {
  return other.startedAt.localeCompare(one.startedAt) || one.upid.localeCompare(other.upid);
}

function identityOf(row: TaskRow): Omit<TaskSummary, 'outcome'> {
  // The row of a running task has the token in `user`, of an ended one apart: the UPID has both, always alike.
  const { node, user, tokenName } = parseUpid(row.upid);
  return {
    upid: row.upid,
    node,
    type: row.type,
    object: row.id,
    user: tokenName === undefined ? user : `${user}!${tokenName}`,
    startedAt: isoOf(row.startTimeSeconds),
  };
}

/** Words of Proxmox's task list (behaviour: 3.2, observed-9: Tasks). */
function outcomeOf(exitStatus: string | undefined): TaskOutcome {
  if (exitStatus === 'OK') return 'ok';
  if (exitStatus === undefined || exitStatus === 'unexpected status') return 'unknown';
  return exitStatus.startsWith('WARNINGS: ') ? 'warning' : 'error';
}

function isoOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}
