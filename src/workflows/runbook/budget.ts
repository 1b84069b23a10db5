import type { RunbookStepResult } from '../../domain/runbookReport';

/** What a run keeps travels through continue-as-new as one payload, of which Temporal takes 2 MB. */
const mostOutputCharacters = 400_000;
const mostCapturedCharacters = 400_000;
/** Of an output for which there is no room any more. */
const leastOutputCharacters = 200;

type Results = Readonly<Record<string, RunbookStepResult>>;

/** The end of an output, as far as there is room beside what other steps have kept. */
export function fittingOutput(results: Results, output: string): string {
  const kept = Object.values(results).reduce((sum, it) => sum + (it.output?.length ?? 0), 0);
  return kept + output.length <= mostOutputCharacters ? output : output.slice(-leastOutputCharacters);
}

/** Whether there is room for further captures. */
export function capturesFit(results: Results, captures: RunbookStepResult['captures']): boolean {
  const all = [...Object.values(results).map((it) => it.captures), captures];
  return all.reduce((sum, it) => sum + JSON.stringify(it).length, 0) <= mostCapturedCharacters;
}
