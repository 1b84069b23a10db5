import { textOf } from '../runbook/values';
import type { RunbookReport } from '../runbookReport';
import { commonParts, reportMarkdown, reportText, type ReportPart } from './reportOfParts';
import { stepOutcomeLines } from './stepOutcomeLines';
import { printable } from './text';

function parts(report: RunbookReport): readonly ReportPart[] {
  const captured = Object.entries(report.captures);
  return [
    {
      title: 'Parameters',
      lines: report.parameters.map(({ name, value }) => printable(`${name} = ${value}`)),
    },
    { title: 'Steps', lines: report.steps.flatMap(stepOutcomeLines) },
    {
      title: 'Captured',
      lines: captured.map(([name, value]) => printable(`${name} = ${textOf(value)}`).slice(0, 300)),
    },
    ...commonParts(report),
  ];
}

/** The report of a run as plain text, without colours or control characters. */
export function runbookReportText(report: RunbookReport): string {
  return reportText(title(report), report, parts(report));
}

/** The report of a run as Markdown. */
export function runbookReportMarkdown(report: RunbookReport): string {
  return reportMarkdown(title(report), report, parts(report));
}

function title({ title: name, runbook, cluster, outcome }: RunbookReport): string {
  return `${printable(name)} (runbook ${runbook}, cluster ${printable(cluster)}): ${outcome}`;
}
