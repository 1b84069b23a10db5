import type { Output } from '../output';
import { table, type Column } from './table';

/** A column that knows its cell of a row. */
export interface RowColumn<Row> extends Column {
  readonly cell: (row: Row) => string;
  /** Left out where no row has anything in it. */
  readonly optional?: boolean;
}

/** A table of rows. */
export function rowTable<Row>(
  output: Output,
  columns: readonly RowColumn<Row>[],
  rows: readonly Row[],
): string {
  const shown = columns.filter(
    ({ optional, cell }) => optional !== true || rows.some((row) => cell(row) !== ''),
  );
  return table(
    output,
    shown,
    rows.map((row) => shown.map(({ cell }) => cell(row))),
  );
}
