import { expressionText, holds, type Expression } from './expression';
import { fill, shownText, type Text } from './text';
import { valuesIn } from './uses';
import type { RunValue, RunValues } from './values';

/** What a step must show to count as done. */
export type Expectation =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'status'; readonly status: number }
  /** The output contains the text. */
  | { readonly kind: 'contains'; readonly text: Text }
  /** The output matches a regular expression of JavaScript. */
  | { readonly kind: 'matches'; readonly pattern: string; readonly flags: string }
  /** A condition about `output`: what the step answered, JSON where it is JSON. */
  | { readonly kind: 'holds'; readonly condition: Expression };

/** What a step answered. */
export interface StepAnswer {
  /** Of a command. */
  readonly exitCode?: number;
  /** Of a request. */
  readonly status?: number;
  /** Standard output, or the answer's data as JSON. */
  readonly text: string;
  /** The output read as JSON, else the text without line ends at its end. */
  readonly output: RunValue;
}

/** Longer outputs are matched by their end only, so that no pattern takes long. */
const matchedCharacters = 64 * 1024;

/** Whether a step's answer is the expected one. What a value was to be in that is missing is never met. */
export function isMet(expectation: Expectation, answer: StepAnswer, values: RunValues): boolean {
  switch (expectation.kind) {
    case 'exit':
      return answer.exitCode === expectation.code;
    case 'status':
      return answer.status === expectation.status;
    case 'contains':
      return valuesIn(expectation.text).every((name) => Object.hasOwn(values, name))
        ? answer.text.includes(fill(expectation.text, values))
        : false;
    case 'matches':
      return new RegExp(expectation.pattern, expectation.flags).test(answer.text.slice(-matchedCharacters));
    case 'holds':
      return holds(expectation.condition, { ...values, output: answer.output });
  }
}

/** An expectation in words. */
export function expectationText(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'exit':
      return `exit code ${expectation.code}`;
    case 'status':
      return `HTTP status ${expectation.status}`;
    case 'contains':
      return `output contains ${shownText(expectation.text)}`;
    case 'matches':
      return `output matches /${expectation.pattern}/${expectation.flags}`;
    case 'holds':
      return expressionText(expectation.condition);
  }
}
