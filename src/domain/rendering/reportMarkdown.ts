import type { EvacuationReport } from '../report';
import { shownHash } from './commands';
import {
  actionLine,
  decisionLine,
  guestCells,
  guestColumns,
  guestNotes,
  operationLine,
  wayBackLines,
} from './reportFacts';
import { problemLines } from './problemLines';
import { markdownCell } from './text';

/** A report as Markdown (GitHub tables). */
export function reportMarkdown(report: EvacuationReport): string {
  const parts = [
    `# Evacuation of ${markdownCell(report.node)} (cluster ${markdownCell(report.cluster)}): ${report.outcome}`,
    markdownCell(report.summary),
    report.nodeIsEmpty ? 'The node holds no guest any more.' : '**The node is not proven empty.**',
    ...guestTable(report),
    ...list('Arrived in the meantime, still on the node', report.arrivals.map(arrival)),
    ...(report.problem === undefined ? [] : block('What went wrong', problemLines(report.problem))),
    ...list('Warnings', report.warnings),
    ...list('Decisions', report.decisions.map(decisionLine)),
    ...list('Who did what', report.actions.map(actionLine)),
    ...block('The way back', wayBackLines(report)),
    markdownCell(operationLine(report)),
    ...(report.planHash === undefined ? [] : [`Plan \`${shownHash(report.planHash)}\``]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function guestTable(report: EvacuationReport): string[] {
  if (report.guests.length === 0) return [];
  const columns = [...guestColumns, 'notes'];
  const rows = report.guests.map((guest) => [...guestCells(guest), guestNotes(guest).join(' ')]);
  return [
    '## Guests',
    [line(columns), line(columns.map(() => '---')), ...rows.map((row) => line(row.map(markdownCell)))].join(
      '\n',
    ),
  ];
}

function arrival(guest: EvacuationReport['arrivals'][number]): string {
  return `${String(guest.vmid)} ${guest.name} (${guest.kind})`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function list(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, items.map((item) => `- ${markdownCell(item)}`).join('\n')];
}

/** Four ticks, so that three in Proxmox's words can't end the block. */
function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, ['````text', ...lines, '````'].join('\n')];
}
