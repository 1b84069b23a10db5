import type { GuestSummary } from '../../domain/clusterReading';
import type { Output } from '../output';
import { cpuCell, uptimeCell, useCell } from './readingCells';
import { rowTable, type RowColumn } from './rowTable';

/** Guests, one a line. */
export function guestTable(output: Output, guests: readonly GuestSummary[]): string {
  return rowTable(output, columns, guests);
}

const columns: readonly RowColumn<GuestSummary>[] = [
  { title: 'VMID', align: 'right', cell: (guest) => String(guest.vmid) },
  { title: 'name', gives: true, cell: (guest) => guest.name ?? '-' },
  { title: 'type', cell: (guest) => (guest.kind === 'qemu' ? 'VM' : 'CT') },
  { title: 'node', cell: (guest) => guest.node },
  { title: 'status', cell: (guest) => guest.status },
  { title: 'lock', cell: (guest) => guest.lock ?? '', optional: true },
  { title: 'HA', cell: (guest) => guest.haState ?? '', optional: true },
  { title: 'CPU', align: 'right', cell: cpuCell },
  { title: 'memory', align: 'right', cell: (guest) => useCell(guest.memoryUsedBytes, guest.memoryBytes) },
  { title: 'up', align: 'right', cell: (guest) => uptimeCell(guest.uptimeSeconds) },
  { title: 'tags', cell: (guest) => guest.tags.join(','), optional: true },
];
