import type { PlaybookReport } from '../ansible/report';
import { hostCounts } from './playbookFacts';
import { commonParts, reportMarkdown, reportText, type ReportPart } from './reportOfParts';
import { formatBetween } from './sizes';
import { count, printable } from './text';

function parts(report: PlaybookReport): readonly ReportPart[] {
  const { hosts, failures, outputFile } = report;
  return [
    { title: 'Hosts', lines: hosts.map((it) => printable(`${it.outcome.padEnd(11)}  ${hostCounts(it)}`)) },
    {
      title: 'What hosts failed at',
      lines: failures.map(({ host, task, kind, words }) => printable(`${host} ${kind}, ${task}: ${words}`)),
    },
    { title: 'The run', lines: runLines(report) },
    {
      title: 'Output',
      lines:
        outputFile === undefined ? [] : [`On the worker's machine, for a week: ${printable(outputFile)}`],
    },
    ...commonParts(report),
  ];
}

function runLines({ runs, runStartedAt, runEndedAt, exitCode }: PlaybookReport): readonly string[] {
  if (runs === 0) return [];
  const took =
    runStartedAt === undefined ? '' : `, the last one took ${formatBetween(runStartedAt, runEndedAt)}`;
  const ended = exitCode === undefined ? '' : `, exit code ${exitCode}`;
  return [`begun ${count(runs, 'time')}${took}${ended}`];
}

/** The report of a run of a playbook as plain text, without colours or control characters. */
export function playbookReportText(report: PlaybookReport): string {
  return reportText(title(report), report, parts(report));
}

/** The same as Markdown. */
export function playbookReportMarkdown(report: PlaybookReport): string {
  return reportMarkdown(title(report), report, parts(report));
}

function title({ playbook, limit, cluster, outcome }: PlaybookReport): string {
  const within = limit === undefined ? '' : `, limited to ${printable(limit)}`;
  return `Playbook ${printable(playbook)}${within} (cluster ${printable(cluster)}): ${outcome}`;
}
