import type { StorageSummary } from '../../domain/clusterReading';
import type { Output } from '../output';
import { useCell } from './readingCells';
import { rowTable, type RowColumn } from './rowTable';

/** Storages, one a line. */
export function storageTable(output: Output, storages: readonly StorageSummary[]): string {
  return rowTable(output, columns, storages);
}

const columns: readonly RowColumn<StorageSummary>[] = [
  { title: 'storage', cell: (storage) => storage.storage },
  { title: 'node', cell: nodeCell },
  { title: 'type', cell: (storage) => storage.type },
  { title: 'status', cell: statusCell },
  { title: 'used', align: 'right', cell: (storage) => useCell(storage.usedBytes, storage.totalBytes) },
  { title: 'content', gives: true, cell: (storage) => storage.content.join(',') },
];

function nodeCell({ shared, nodes }: StorageSummary): string {
  return shared ? `shared by ${nodes.length}` : nodes.join(',');
}

function statusCell({ status, unavailableOn }: StorageSummary): string {
  return status === 'partly' ? `not on ${unavailableOn.join(',')}` : status;
}
