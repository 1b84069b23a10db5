import { textOf } from '../runbook/values';
import type { RunbookReport, RunbookStepOutcome } from '../runbookReport';
import { problemLines } from './problemLines';
import { commonParts, reportMarkdown, reportText, type ReportPart } from './reportOfParts';
import { formatBetween } from './sizes';
import { printable } from './text';

function parts(report: RunbookReport): readonly ReportPart[] {
  const captured = Object.entries(report.captures);
  return [
    {
      title: 'Parameters',
      lines: report.parameters.map(({ name, value }) => printable(`${name} = ${value}`)),
    },
    { title: 'Steps', lines: report.steps.flatMap(stepLines) },
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

const words: Readonly<Record<RunbookStepOutcome['outcome'], string>> = {
  done: 'done',
  skipped: 'skipped',
  stopped: 'ended the runbook',
  failed: 'FAILED',
  notBegun: 'not begun',
};

function stepLines(step: RunbookStepOutcome): readonly string[] {
  const { id, title: name, outcome, reason, startedAt, endedAt, output, isCut, warnings, problem } = step;
  const took =
    startedAt === undefined || endedAt === undefined ? '' : ` (${formatBetween(startedAt, endedAt)})`;
  const why = reason === undefined ? '' : `: ${printable(reason)}`;
  return [
    `${id}  ${printable(name)}: ${words[outcome]}${why}${took}`,
    ...(isCut === true ? ['    | ... (the end of it:)'] : []),
    ...(output === undefined
      ? []
      : output
          .split('\n')
          .slice(-40)
          .map((line) => `    | ${printable(line)}`)),
    ...warnings.map((warning) => `    Warning: ${printable(warning)}`),
    ...(problem === undefined || outcome !== 'failed'
      ? []
      : problemLines(problem).map((line) => `    ${line}`)),
  ];
}
