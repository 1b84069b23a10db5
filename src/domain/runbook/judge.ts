import { expectationText, isMet, type StepAnswer } from './expectation';
import type { RenderedStep } from './plan';
import { valueAt, type RunValue, type RunValues } from './values';

/** A captured value travels with the operation: longer ones are refused. */
export const largestCaptureCharacters = 16 * 1024;

/** What a step's answer comes to. */
export interface Verdict {
  /** In words: what was expected and is not so. Empty: the step is done. */
  readonly unmet: readonly string[];
  readonly captures: RunValues;
}

/** Compares an answer with what its step expects, and takes from it what is captured. */
export function judge(
  { action, expectations, captures }: Pick<RenderedStep, 'action' | 'expectations' | 'captures'>,
  answer: StepAnswer,
  values: RunValues,
): Verdict {
  const isCommand = action.type === 'script' || action.type === 'program';
  const expectsExit = expectations.some(({ kind }) => kind === 'exit');
  const all =
    isCommand && !expectsExit ? [{ kind: 'exit' as const, code: 0 }, ...expectations] : expectations;
  const unmet = all
    .filter((it) => !isMet(it, answer, values))
    .map((it) => `${expectationText(it)}${got(it.kind, answer)}`);
  const taken = captures.map(({ name, path }) => ({ name, path, value: valueAt(answer.output, path) }));
  return {
    unmet: [...unmet, ...(unmet.length === 0 ? taken.flatMap(faultOf) : [])],
    captures: Object.fromEntries(
      taken.flatMap(({ name, value }): [string, RunValue][] => (value === undefined ? [] : [[name, value]])),
    ),
  };
}

function got(kind: string, { exitCode, status }: StepAnswer): string {
  if (kind === 'exit') return ` (it was ${exitCode ?? 'ended by a signal'})`;
  return kind === 'status' ? ` (it was ${status ?? 'none'})` : '';
}

function faultOf({
  name,
  path,
  value,
}: {
  readonly name: string;
  readonly path: readonly string[];
  readonly value: RunValue | undefined;
}): readonly string[] {
  if (value === undefined) return [`something at ${path.join('/')} to capture as ${name}`];
  const length = JSON.stringify(value).length;
  return length <= largestCaptureCharacters
    ? []
    : [`at most ${largestCaptureCharacters} characters to capture as ${name} (it has ${length})`];
}
