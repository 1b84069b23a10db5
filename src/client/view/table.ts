import Table from 'cli-table3';
import { printable } from '../../domain/rendering/text';
import type { Output } from '../output';

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The column that gives way where the terminal is narrow; at most one. */
  readonly gives?: boolean;
}

const leastGivingWidth = 16;
/** Two spaces between columns. */
const gap = 2;

/** A table without lines; the giving column is wrapped to fit the terminal. Cells are made printable. */
export function table(
  output: Output,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const cells = rows.map((row) => row.map(printable));
  const rendered = new Table({
    head: columns.map((column) => output.colors.bold(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: widths(output.columns, columns, cells),
    wordWrap: true,
    chars: noLines,
    style: { 'padding-left': 0, 'padding-right': gap, head: [], border: [], compact: true },
  });
  rendered.push(...cells.map((row) => [...row]));
  return rendered
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function widths(
  terminalColumns: number,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): number[] {
  const natural = columns.map(
    (column, index) => Math.max(column.title.length, ...rows.map((row) => (row[index] ?? '').length)) + gap,
  );
  const total = natural.reduce((sum, width) => sum + width, 0);
  return natural.map((width, index) =>
    columns[index]?.gives === true
      ? Math.max(Math.min(width, leastGivingWidth), width - Math.max(0, total - terminalColumns))
      : width,
  );
}

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
