import { nameOf, type Call } from './calls';
import { cellName, type CellResult } from './cell';
import type { MatrixOutcome } from './matrix';
import { moments } from './moments';
import { momentNames, type CrashScenario, type MomentName } from './scenarios/scenario';

/** The outcome as Markdown: the figures of each moment, a row a call, then what is wrong where something is. */
export function matrixMarkdown(scenario: CrashScenario, outcome: MatrixOutcome): string {
  const { calls, results, sometimes, seconds, parallel } = outcome;
  const failed = results.filter(({ passed }) => !passed);
  const tried = calls.filter((call) => results.some((result) => isOf(result, call)));
  const columns = momentNames.filter((moment) => results.some((result) => result.moment === moment));
  const parts = [
    `${scenario.title}. ${tried.length} of ${calls.length} calls, ${results.length} cells, ${failed.length} failed; ${parallel} at once, ${Math.ceil(seconds / 60)} minutes.`,
    table(
      ['moment', 'what happens', 'cells', 'failed', 'decisions asked', 'longest time to the next call'],
      momentNames.flatMap((moment) => momentRow(moment, results)),
    ),
    'Seconds to the next call; in brackets the decisions that were asked.',
    table(
      ['call', ...columns],
      tried.map((call) => callRow(call, results, columns)),
    ),
    ...(sometimes.length === 0
      ? []
      : [`Not tried, because not every undisturbed run makes them: ${sometimes.map(code).join(', ')}.`]),
    ...(failed.length === 0
      ? []
      : [failed.map((result) => `- ${code(cellName(result))}: ${result.problems.join('; ')}`).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function momentRow(moment: MomentName, results: readonly CellResult[]): string[][] {
  const its = results.filter((result) => result.moment === moment);
  if (its.length === 0) return [];
  const longest = Math.max(...its.map(({ secondsToNextRequest }) => secondsToNextRequest ?? 0));
  const failed = its.filter(({ passed }) => !passed).length;
  const decisions = its.reduce((sum, result) => sum + result.decisions.length, 0);
  return [
    [
      code(moment),
      moments[moment],
      ...[its.length, failed, decisions].map(String),
      `${longest.toFixed(1)} s`,
    ],
  ];
}

function callRow(call: Call, results: readonly CellResult[], columns: readonly MomentName[]): string[] {
  const figures = columns.map((moment) => {
    const result = results.find((each) => each.moment === moment && isOf(each, call));
    if (result === undefined) return '';
    const { passed, secondsToNextRequest, decisions } = result;
    const asked = decisions.length === 0 ? '' : ` (${decisions.length})`;
    return `${passed ? '' : 'FAILED '}${secondsToNextRequest?.toFixed(1) ?? '-'}${asked}`;
  });
  return [code(nameOf(call)), ...figures];
}

function isOf(result: CellResult, call: Call): boolean {
  return nameOf(result.call) === nameOf(call);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, titles.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** The document with the text between the scenario's two markers replaced. Throws if they are not there. */
export function withMatrix(document: string, scenario: CrashScenario, markdown: string): string {
  const [begin, end] = [`<!-- crash matrix of ${scenario.name}: begin -->`, '<!-- end -->'];
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`the document has no markers ${begin} ... ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${markdown}\n${document.slice(to)}`;
}
