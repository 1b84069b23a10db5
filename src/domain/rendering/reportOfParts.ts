import type { OperationReport } from '../operationReport';
import { shownHash } from './commands';
import { problemLines } from './problemLines';
import { actionLine, decisionLine, operationLine } from './reportFacts';
import { markdownCell, printable } from './text';

/** A title with the lines below it. */
export interface ReportPart {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What every report ends with: what went wrong, warnings, decisions, and who did what. */
export function commonParts(report: OperationReport): readonly ReportPart[] {
  return [
    { title: 'What went wrong', lines: report.problem === undefined ? [] : problemLines(report.problem) },
    { title: 'Warnings', lines: report.warnings.map(printable) },
    { title: 'Decisions', lines: report.decisions.map(decisionLine) },
    { title: 'Who did what', lines: report.actions.map(actionLine) },
  ];
}

/** A report as plain text, without colours or control characters; parts without lines are left out. */
export function reportText(title: string, report: OperationReport, parts: readonly ReportPart[]): string {
  const lines = [
    title,
    printable(report.summary),
    ...filled(parts).flatMap((part) => ['', part.title, ...part.lines.map((line) => `  ${line}`)]),
    '',
    ...(report.planHash === undefined ? [] : [`Plan ${shownHash(report.planHash)}`]),
    operationLine(report),
  ];
  return `${lines.join('\n')}\n`;
}

/** A report as Markdown; parts without lines are left out. */
export function reportMarkdown(title: string, report: OperationReport, parts: readonly ReportPart[]): string {
  const sections = filled(parts).flatMap((part) => [
    `## ${part.title}`,
    ['````text', ...part.lines, '````'].join('\n'),
  ]);
  return `${[`# ${markdownCell(title)}`, markdownCell(report.summary), ...sections, markdownCell(operationLine(report))].join('\n\n')}\n`;
}

function filled(parts: readonly ReportPart[]): readonly ReportPart[] {
  return parts.filter(({ lines }) => lines.length > 0);
}
