import type { StorageSummary } from '../../domain/clusterReading';
import { formatShare } from '../../domain/rendering/sizes';
import type { Output } from '../output';
import { useCell } from './readingCells';
import { rowTable, type RowColumn } from './rowTable';

/** A storage of one name, on all nodes that have it. */
interface NamedStorage {
  readonly name: string;
  readonly places: readonly StorageSummary[];
}

/** One line for each storage name, so that a cluster of many nodes still fits a screen. */
export function storageOverview(output: Output, storages: readonly StorageSummary[]): string {
  const names = [...new Set(storages.map(({ storage }) => storage))].sort();
  const rows = names.map((name) => ({ name, places: storages.filter(({ storage }) => storage === name) }));
  return rowTable(output, columns, rows);
}

const columns: readonly RowColumn<NamedStorage>[] = [
  { title: 'storage', cell: ({ name }) => name },
  { title: 'on', cell: whereCell },
  { title: 'type', cell: ({ places }) => places[0]?.type ?? '' },
  { title: 'status', gives: true, cell: statusCell },
  { title: 'used', align: 'right', cell: usedCell },
  { title: 'fullest', align: 'right', cell: fullestCell, optional: true },
];

function whereCell({ places }: NamedStorage): string {
  const nodes = places.flatMap((place) => place.nodes);
  if (places.some(({ shared }) => shared)) return `shared by ${nodes.length}`;
  return nodes.length === 1 ? nodes.join('') : `${nodes.length} nodes`;
}

function statusCell({ places }: NamedStorage): string {
  const unavailable = places.flatMap(({ unavailableOn }) => unavailableOn);
  const unknown = places.flatMap(({ unknownOn }) => unknownOn);
  const parts = [
    ...(unavailable.length === 0 ? [] : [`unavailable on ${unavailable.join(', ')}`]),
    ...(unknown.length === 0 ? [] : [`unknown on ${unknown.join(', ')}`]),
  ];
  return parts.length === 0 ? 'available' : parts.join('; ');
}

function usedCell({ places }: NamedStorage): string {
  const told = places.filter(({ totalBytes }) => totalBytes !== undefined);
  if (told.length === 0) return useCell(undefined, undefined);
  const sum = (of: (place: StorageSummary) => number | undefined) =>
    told.reduce((total, place) => total + (of(place) ?? 0), 0);
  return useCell(
    sum(({ usedBytes }) => usedBytes),
    sum(({ totalBytes }) => totalBytes),
  );
}

/** Of a storage that each node has for itself the sum hides the one that is full. */
function fullestCell({ places }: NamedStorage): string {
  if (places.length < 2) return '';
  const shares = places.flatMap(({ nodes, usedBytes, totalBytes }) =>
    usedBytes === undefined || totalBytes === undefined || totalBytes === 0
      ? []
      : [{ node: nodes[0] ?? '', share: usedBytes / totalBytes }],
  );
  const [fullest] = shares.sort((one, other) => other.share - one.share);
  return fullest === undefined ? '' : `${formatShare(fullest.share)} on ${fullest.node}`;
}
