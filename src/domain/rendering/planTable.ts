import { watchCommand } from './commands';
import { utf8Length } from './text';

/** What the Web UI shows comfortably. */
export const webUiBytes = 3000;

/** A table of a plan: its two head lines, and a line a row. */
interface PlanTable {
  readonly head: readonly string[];
  readonly rows: readonly string[];
}

/** Paragraphs and a table in so many bytes; rows that do not fit are counted, with the command that shows all. Deterministic. */
export function planWithTable(
  paragraphs: readonly string[],
  { head, rows }: PlanTable,
  { workflowId, bytes }: { readonly workflowId: string; readonly bytes: number },
): string {
  const kept: string[] = [];
  let left = bytes - utf8Length(paragraphs.join('\n\n')) - 200;
  for (const line of rows) {
    left -= utf8Length(line) + 1;
    if (left < 0) break;
    kept.push(line);
  }
  const missing = rows.length - kept.length;
  return [
    ...paragraphs,
    ...(kept.length === 0 ? [] : [[...head, ...kept].join('\n')]),
    ...(missing === 0
      ? []
      : [`... and ${String(missing)} more. All of them: \`${watchCommand(workflowId)}\``]),
  ].join('\n\n');
}
