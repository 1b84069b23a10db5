import type { TaskSummary } from '../../domain/clusterReading';
import { formatBetween, formatTime } from '../../domain/rendering/sizes';
import type { Output } from '../output';
import { rowTable, type RowColumn } from './rowTable';

/** Tasks, one a line. */
export function taskTable(output: Output, tasks: readonly TaskSummary[]): string {
  return rowTable(output, columns, tasks);
}

const columns: readonly RowColumn<TaskSummary>[] = [
  { title: 'started', cell: (task) => formatTime(task.startedAt) },
  { title: 'node', cell: (task) => task.node },
  { title: 'type', cell: (task) => task.type },
  { title: 'for', cell: (task) => task.object },
  { title: 'user', cell: (task) => task.user },
  { title: 'took', align: 'right', cell: tookCell },
  { title: 'status', cell: (task) => task.outcome },
  { title: 'ended with', cell: endCell, gives: true, optional: true },
];

function tookCell({ startedAt, endedAt }: TaskSummary): string {
  return endedAt === undefined ? '' : formatBetween(startedAt, endedAt);
}

function endCell({ outcome, exitStatus }: TaskSummary): string {
  return outcome === 'ok' ? '' : (exitStatus ?? '');
}
