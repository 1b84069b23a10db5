import type { NodeSummary } from '../../domain/clusterReading';
import type { Output } from '../output';
import { cpuCell, uptimeCell, useCell } from './readingCells';
import { rowTable, type RowColumn } from './rowTable';

/** Nodes, one a line. */
export function nodeTable(output: Output, nodes: readonly NodeSummary[]): string {
  return rowTable(output, columns, nodes);
}

const columns: readonly RowColumn<NodeSummary>[] = [
  { title: 'node', gives: true, cell: (node) => node.node },
  { title: 'status', cell: (node) => node.status },
  { title: 'HA', cell: (node) => node.haState ?? '', optional: true },
  { title: 'version', cell: (node) => node.version ?? '-' },
  { title: 'CPU', align: 'right', cell: cpuCell },
  { title: 'memory', align: 'right', cell: (node) => useCell(node.memoryUsedBytes, node.memoryTotalBytes) },
  { title: 'guests', align: 'right', cell: guestsCell },
  { title: 'up', align: 'right', cell: (node) => uptimeCell(node.uptimeSeconds) },
];

function guestsCell({ guests, guestsRunning }: NodeSummary): string {
  return guestsRunning === undefined ? String(guests) : `${guestsRunning} of ${guests} running`;
}
