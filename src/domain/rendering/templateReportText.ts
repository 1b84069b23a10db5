import type { RetiredCopyOutcome, TemplateCopyOutcome, TemplateReport } from '../templateReport';
import { commonParts, reportMarkdown, reportText, type ReportPart } from './reportOfParts';
import { stepOutcomeLines } from './stepOutcomeLines';
import { copyWords } from './templateFacts';
import { printable } from './text';

function parts(report: TemplateReport): readonly ReportPart[] {
  const { source, bootTest } = report;
  return [
    {
      title: 'Made of',
      lines: source === undefined ? [] : [printable(source.name), printable(source.digest)],
    },
    { title: 'Copies', lines: report.copies.map(copyLine) },
    {
      title: bootTest?.ready === false ? 'Boot test: NOT READY' : 'Boot test',
      lines: bootTest?.seen.map(printable) ?? [],
    },
    { title: 'Older versions', lines: report.retired.map(retiredLine) },
    { title: 'Steps', lines: report.steps.flatMap(stepOutcomeLines) },
    ...commonParts(report),
  ];
}

/** The report of a template as plain text, without colours or control characters. */
export function templateReportText(report: TemplateReport): string {
  return reportText(title(report), report, parts(report));
}

/** The report of a template as Markdown. */
export function templateReportMarkdown(report: TemplateReport): string {
  return reportMarkdown(title(report), report, parts(report));
}

function title({ name, cluster, generation, todo, outcome }: TemplateReport): string {
  const isMade = generation !== undefined && (todo === 'build' || todo === 'replicate');
  const version = isMade ? `, version ${String(generation)}` : '';
  return `Template ${printable(name)}${version} (cluster ${printable(cluster)}): ${outcome}`;
}

const copyOutcomes: Readonly<Record<TemplateCopyOutcome['outcome'], string>> = {
  inForce: 'in force',
  made: 'made, but NOT in force',
  removed: 'made, and taken away again',
  notMade: 'not made',
  unknown: 'UNKNOWN: look at it',
};

function copyLine({ vmid, node, outcome }: TemplateCopyOutcome): string {
  return `VM ${String(vmid)} on ${printable(node)}: ${copyOutcomes[outcome]}`;
}

function retiredLine(copy: RetiredCopyOutcome): string {
  const words = { deleted: 'deleted', kept: 'kept', unknown: 'UNKNOWN: look at it' };
  return `${copyWords(copy)}: ${words[copy.outcome]}`;
}
