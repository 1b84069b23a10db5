import type { AccessReport, AccessStepOutcome } from '../accessReport';
import { accessTitles } from './accessPlanMarkdown';
import { shownHash } from './commands';
import { problemLines } from './problemLines';
import { actionLine, decisionLine, operationLine } from './reportFacts';
import { markdownCell, printable } from './text';

/** The parts of a report on access: a title, then lines. */
function parts(
  report: AccessReport,
): readonly { readonly title: string; readonly lines: readonly string[] }[] {
  return [
    { title: 'Steps', lines: report.steps.flatMap(stepLines) },
    { title: 'Left as it was', lines: leftLines(report) },
    { title: 'What went wrong', lines: report.problem === undefined ? [] : problemLines(report.problem) },
    { title: 'Warnings', lines: report.warnings.map(printable) },
    { title: 'Decisions', lines: report.decisions.map(decisionLine) },
    { title: 'Who did what', lines: report.actions.map(actionLine) },
  ].filter(({ lines }) => lines.length > 0);
}

/** A report on access as plain text, without colours or control characters. */
export function accessReportText(report: AccessReport): string {
  const lines = [
    title(report),
    printable(report.summary),
    ...parts(report).flatMap((part) => ['', part.title, ...part.lines.map((line) => `  ${line}`)]),
    '',
    ...(report.planHash === undefined ? [] : [`Plan ${shownHash(report.planHash)}`]),
    operationLine(report),
  ];
  return `${lines.join('\n')}\n`;
}

/** A report on access as Markdown. */
export function accessReportMarkdown(report: AccessReport): string {
  const sections = parts(report).flatMap((part) => [
    `## ${part.title}`,
    ['````text', ...part.lines, '````'].join('\n'),
  ]);
  return `${[`# ${markdownCell(title(report))}`, markdownCell(report.summary), ...sections, markdownCell(operationLine(report))].join('\n\n')}\n`;
}

function title({ operation, cluster, outcome }: AccessReport): string {
  return `${accessTitles[operation]} (cluster ${printable(cluster)}): ${outcome}`;
}

function stepLines({ title: name, outcome, warnings, problem }: AccessStepOutcome): readonly string[] {
  const words = { done: 'done', kept: 'was so already', failed: 'failed', notBegun: 'not begun' };
  return [
    `${printable(name)}: ${words[outcome]}`,
    ...warnings.map((warning) => `    Warning: ${printable(warning)}`),
    ...(problem === undefined || outcome !== 'failed'
      ? []
      : problemLines(problem).map((line) => `    ${line}`)),
  ];
}

function leftLines({ items }: AccessReport): readonly string[] {
  return items
    .filter(({ state }) => state === 'leave')
    .map(({ what, details }) => printable(`${what}: ${details.join('; ')}`));
}
