import type { RunbookStepOutcome } from '../runbookReport';
import { problemLines } from './problemLines';
import { formatBetween } from './sizes';
import { printable, printableLine } from './text';

const words: Readonly<Record<RunbookStepOutcome['outcome'], string>> = {
  done: 'done',
  skipped: 'skipped',
  stopped: 'ended the runbook',
  failed: 'FAILED',
  notBegun: 'not begun',
};

/** What became of a step of a runbook, with the end of what it printed. */
export function stepOutcomeLines(step: RunbookStepOutcome): readonly string[] {
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
          .map((line) => `    | ${printableLine(line)}`)),
    ...warnings.map((warning) => `    Warning: ${printable(warning)}`),
    ...(problem === undefined || outcome !== 'failed'
      ? []
      : problemLines(problem).map((line) => `    ${line}`)),
  ];
}
