import type { Problem } from '../errors';
import { printable, printableLine } from './text';

/** A problem as lines: what was attempted, what failed, Proxmox's own words, what to do next. */
export function problemLines(problem: Problem): string[] {
  const status = problem.status === undefined ? '' : ` (HTTP status ${String(problem.status)})`;
  return [
    ...labelled('Attempted: ', problem.attempted),
    ...labelled('Failed:    ', `${problem.failed}${status}`),
    ...(problem.proxmoxSaid === undefined ? [] : labelled('Proxmox:   ', problem.proxmoxSaid)),
    ...(problem.logTail ?? []).map((line) => `  log | ${printableLine(line)}`),
    ...labelled('Next:      ', `${problem.remedy} [${problem.code}]`),
  ];
}

/** A text of several lines keeps them, indented below the label. */
function labelled(label: string, text: string): string[] {
  const [first = '', ...rest] = text.trimEnd().split('\n').map(printable);
  return [`${label}${first}`, ...rest.map((line) => `${' '.repeat(label.length)}${line}`)];
}
