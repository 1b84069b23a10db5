import { plainText } from './json';

/** A column of a table. */
export interface Column {
  readonly key: string;
  readonly alignRight: boolean;
}

const lines = { thin: '─', thick: '═' };

/** A table with lines round every cell, as Proxmox's tools draw results on a terminal (recording g1). */
export function boxTable(
  columns: readonly Column[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const cells = rows.map((row) => columns.map(({ key }) => plainText(row[key])));
  const widths = columns.map(({ key }, at) =>
    Math.max(key.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const rule = (line: string, [left, middle, right]: readonly [string, string, string]): string =>
    `${left}${widths.map((width) => line.repeat(width + 2)).join(middle)}${right}\n`;
  const row = (texts: readonly string[], isHeader = false): string => {
    const padded = texts.map((text, at) =>
      columns[at]?.alignRight === true && !isHeader
        ? text.padStart(widths[at] ?? 0)
        : text.padEnd(widths[at] ?? 0),
    );
    return `│ ${padded.join(' │ ')} │\n`;
  };
  return [
    rule(lines.thin, ['┌', '┬', '┐']),
    row(
      columns.map(({ key }) => key),
      true,
    ),
    rule(lines.thick, ['╞', '╪', '╡']),
    cells.map((texts) => row(texts)).join(rule(lines.thin, ['├', '┼', '┤'])),
    rule(lines.thin, ['└', '┴', '┘']),
  ].join('');
}
