import { z } from 'zod';

import type { StepAnswer } from '../../domain/runbook/expectation';
import { judge } from '../../domain/runbook/judge';
import type { RunValue, RunValues } from '../../domain/runbook/values';
import type { Redaction } from '../../programs/redaction';
import type { RunnableStep, StepDone } from './contract';

/** So much of an output is kept: its end, which says how it went. */
const keptCharacters = 4_000;

/** What a step gave back, before it is judged. */
export interface RawAnswer {
  readonly text: string;
  /** What a command wrote to its standard error: shown, not judged. */
  readonly errorText?: string;
  readonly exitCode?: number;
  readonly status?: number;
}

/** Judges an answer, then cuts it and takes secrets out of it. */
export function doneWith(
  step: RunnableStep,
  values: RunValues,
  raw: RawAnswer,
  redaction: Pick<Redaction, 'redactText'>,
): StepDone {
  const text = redaction.redactText(raw.text);
  const { exitCode, status } = raw;
  const numbers = {
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(status === undefined ? {} : { status }),
  };
  const answer: StepAnswer = { ...numbers, text, output: readOutput(text) };
  const shown = [text, redaction.redactText(raw.errorText ?? '')].map((it) => it.trimEnd()).filter(Boolean);
  const output = shown.join('\n');
  return {
    ...judge(step, answer, values),
    ...numbers,
    output: output.slice(-keptCharacters),
    isCut: output.length > keptCharacters,
  };
}

const value: z.ZodType<RunValue> = z.json();

/** JSON where it is JSON, else the text without line ends at its end. */
function readOutput(text: string): RunValue {
  const trimmed = text.replace(/(\r?\n)+$/, '');
  try {
    return value.parse(JSON.parse(trimmed));
  } catch {
    return trimmed;
  }
}
