/**
 * Text from outside (names, Proxmox's words, comments) made safe to show: control characters, which could move
 * a terminal's cursor or colour it, become spaces.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/**
 * A line of a file or a script made safe to show as it is: its indentation stays, a tab is shown as one (`␉`), since
 * whoever approves the line has to see it.
 */
export function printableLine(line: string): string {
  return line
    .replaceAll('\t', '␉')
    .replace(/\p{Cc}+/gu, ' ')
    .trimEnd();
}

/** Text made safe for one cell of a Markdown table. */
export function markdownCell(text: string): string {
  return printable(text).replace(/[\\|`*_<>[\]]/g, '\\$&');
}

/** Rows as lines with aligned columns, two spaces apart; the last column is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** How many bytes a text has in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** `1 guest`, `2 guests`. */
export function count(amount: number, noun: string): string {
  return `${String(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}
