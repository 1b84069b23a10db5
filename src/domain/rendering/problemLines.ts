import type { Problem } from '../errors';
import { printable, printableLine } from './text';

/** A problem as lines: what was attempted, what failed, the own words of Proxmox or a tool, what to do next. */
export function problemLines(problem: Problem): string[] {
  const status = problem.status === undefined ? '' : ` (HTTP status ${String(problem.status)})`;
  return [
    ...labelled('Attempted: ', problem.attempted),
    ...labelled('Failed:    ', `${problem.failed}${status}`),
    ...(problem.proxmoxSaid === undefined
      ? []
      : labelled(`${`${problem.saidBy ?? 'Proxmox'}:`.padEnd(10)} `, problem.proxmoxSaid)),
    ...(problem.logTail ?? []).map((line) => `  log | ${printableLine(line)}`),
    ...labelled('Next:      ', `${problem.remedy} [${problem.code}]`),
  ];
}

/** A text of several lines keeps them, indented below the label. */
function labelled(label: string, text: string): string[] {
  const [first = '', ...rest] = text.trimEnd().split('\n').map(printable);
  return [`${label}${first}`, ...rest.map((line) => `${' '.repeat(label.length)}${line}`)];
}
