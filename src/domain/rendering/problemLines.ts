import type { Problem } from '../errors';
import { printable, printableLine } from './text';

/**
 * A problem as lines: what was attempted, what failed with its code, the own words of Proxmox or a tool, what to do next.
 * Nothing stands behind what to do next: a command that ends a line can be copied with it.
 */
export function problemLines(problem: Problem): string[] {
  const status = problem.status === undefined ? '' : ` (HTTP status ${String(problem.status)})`;
  return [
    ...labelled('Attempted: ', problem.attempted),
    ...labelled('Failed:    ', problem.failed, `${status} [${problem.code}]`),
    ...(problem.proxmoxSaid === undefined
      ? []
      : labelled(`${`${problem.saidBy ?? 'Proxmox'}:`.padEnd(10)} `, problem.proxmoxSaid)),
    ...(problem.logTail ?? []).map((line) => `  log | ${printableLine(line)}`),
    ...labelled('Next:      ', problem.remedy),
  ];
}

/** A text of several lines keeps them, indented below the label; `mark` ends the first. */
function labelled(label: string, text: string, mark = ''): string[] {
  const [first = '', ...rest] = text.trimEnd().split('\n').map(printable);
  return [`${label}${first}${mark}`, ...rest.map((line) => `${' '.repeat(label.length)}${line}`)];
}
