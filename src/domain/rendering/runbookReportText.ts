import { textOf } from '../runbook/values';
import type { RunbookReport, RunbookStepOutcome } from '../runbookReport';
import { shownHash } from './commands';
import { problemLines } from './problemLines';
import { actionLine, decisionLine, operationLine } from './reportFacts';
import { formatBetween } from './sizes';
import { markdownCell, printable } from './text';

/** The parts of the report of a run: a title, then lines. */
function parts(
  report: RunbookReport,
): readonly { readonly title: string; readonly lines: readonly string[] }[] {
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
    { title: 'What went wrong', lines: report.problem === undefined ? [] : problemLines(report.problem) },
    { title: 'Warnings', lines: report.warnings.map(printable) },
    { title: 'Decisions', lines: report.decisions.map(decisionLine) },
    { title: 'Who did what', lines: report.actions.map(actionLine) },
  ].filter(({ lines }) => lines.length > 0);
}

/** The report of a run as plain text, without colours or control characters. */
export function runbookReportText(report: RunbookReport): string {
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

/** The report of a run as Markdown. */
export function runbookReportMarkdown(report: RunbookReport): string {
  const sections = parts(report).flatMap((part) => [
    `## ${part.title}`,
    ['````text', ...part.lines, '````'].join('\n'),
  ]);
  return `${[`# ${markdownCell(title(report))}`, markdownCell(report.summary), ...sections, markdownCell(operationLine(report))].join('\n\n')}\n`;
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
