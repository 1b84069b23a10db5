import type { EvacuationReport } from '../report';
import { shownHash } from './commands';
import { problemLines } from './problemLines';
import {
  actionLine,
  decisionLine,
  guestCells,
  guestColumns,
  guestNotes,
  operationLine,
  wayBackLines,
} from './reportFacts';
import { alignColumns, printable } from './text';

/** A report as plain text, without colours or control characters. */
export function reportText(report: EvacuationReport): string {
  const lines = [
    `Evacuation of ${report.node} (cluster ${report.cluster}): ${report.outcome}`,
    printable(report.summary),
    ...section('Guests', guestLines(report)),
    ...section('Arrived in the meantime, still on the node', arrivalLines(report)),
    ...(report.problem === undefined ? [] : section('What went wrong', problemLines(report.problem))),
    ...section('Warnings', report.warnings.map(printable)),
    ...section('Decisions', report.decisions.map(decisionLine)),
    ...section('Who did what', report.actions.map(actionLine)),
    ...section('The way back', wayBackLines(report)),
    '',
    nodeLine(report),
    ...(report.planHash === undefined ? [] : [`Plan ${shownHash(report.planHash)}`]),
    operationLine(report),
  ];
  return `${lines.join('\n')}\n`;
}

function guestLines(report: EvacuationReport): string[] {
  if (report.guests.length === 0) return [];
  const table = alignColumns([guestColumns, ...report.guests.map(guestCells)]);
  const [head = '', ...rows] = table;
  const guests = report.guests.flatMap((guest, index) => [
    rows[index] ?? '',
    ...guestNotes(guest).map((note) => `    ${note}`),
  ]);
  return [head, ...guests];
}

function arrivalLines(report: EvacuationReport): string[] {
  return report.arrivals.map((guest) => `${String(guest.vmid)} ${printable(guest.name)} (${guest.kind})`);
}

function nodeLine(report: EvacuationReport): string {
  return report.nodeIsEmpty
    ? `${report.node} holds no guest any more: it is empty.`
    : `${report.node} is not proven empty.`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}
