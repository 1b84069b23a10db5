import type { AccessReport, AccessStepOutcome } from '../accessReport';
import { accessTitles } from './accessPlanMarkdown';
import { problemLines } from './problemLines';
import { commonParts, reportMarkdown, reportText, type ReportPart } from './reportOfParts';
import { printable } from './text';

function parts(report: AccessReport): readonly ReportPart[] {
  return [
    { title: 'Steps', lines: report.steps.flatMap(stepLines) },
    { title: 'Left as it was', lines: leftLines(report) },
    ...commonParts(report),
  ];
}

/** A report on access as plain text, without colours or control characters. */
export function accessReportText(report: AccessReport): string {
  return reportText(title(report), report, parts(report));
}

/** A report on access as Markdown. */
export function accessReportMarkdown(report: AccessReport): string {
  return reportMarkdown(title(report), report, parts(report));
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
