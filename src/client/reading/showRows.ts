import type { ReadingBase } from '../../domain/clusterReading';
import type { Output } from '../output';
import { readingNotes } from '../view/readingCells';
import { exitCodeOfReading, type ShownReading } from './show';

/** How the rows of a list are shown. */
export interface RowsView<Row> {
  /** What one row is, e.g. `node`. */
  readonly what: string;
  readonly rows: readonly Row[];
  readonly table: (output: Output, rows: readonly Row[]) => string;
}

/** A list, ready to be shown: `document` is what `--json` prints, with the rows in the order that was asked for. */
export function shownRows<Row>(
  output: Output,
  document: ReadingBase & Readonly<Record<string, unknown>>,
  { what, rows, table }: RowsView<Row>,
): ShownReading {
  return {
    document,
    text: () => (rows.length === 0 ? `No ${what} fits.` : table(output, rows)),
    notes: readingNotes(output, document),
    exitCode: exitCodeOfReading(document),
  };
}
