import { problem } from '../../domain/errors';
import { refusal } from './failures';

/** What a field must be, in words, where its value is not that. */
type FieldCheck = (value: unknown) => string | undefined;

/** Every field of a request with its check. */
export type RequestFields<Request> = Readonly<Record<keyof Request, FieldCheck>>;

/** A text that is not empty. */
export const text: FieldCheck = (value) => (typeof value === 'string' && value !== '' ? undefined : 'a text');

/** True or false. */
export const flag: FieldCheck = (value) => (typeof value === 'boolean' ? undefined : 'true or false');

/** A whole number of at least so much. */
export function wholeFrom(least: number): FieldCheck {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least
      ? undefined
      : `a whole number of at least ${least}`;
}

/** A whole number from one to another, both included. */
export function wholeBetween(least: number, most: number): FieldCheck {
  return (value) =>
    wholeFrom(least)(value) === undefined && Number(value) <= most
      ? undefined
      : `a whole number from ${least} to ${most}`;
}

/** Events of a history. Fewer would be used up before anything is done, and an operation would continue as new for ever. */
export const eventLimit = wholeFrom(40);

/** An object of texts by name. */
export const texts: FieldCheck = (value) =>
  isRecord(value) && Object.values(value).every((it) => typeof it === 'string')
    ? undefined
    : 'an object of texts by name, e.g. {"cores":"4"}';

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Checks by hand what the Web UI or the `temporal` CLI was given as one JSON object. Throws InputInvalid; nothing has
 * happened then.
 */
export function checkFields<Request extends object>(
  request: unknown,
  fields: RequestFields<Request>,
  example: string,
  required: readonly (keyof Request & string)[] = [],
): void {
  if (!isRecord(request)) refuse(`it must be one JSON object, e.g. ${example}`);
  const missing = required.find((field) => !(field in request));
  if (missing !== undefined) refuse(`the field "${missing}" is missing: e.g. ${example}`);
  for (const [field, value] of Object.entries(request)) {
    const check = Object.entries<FieldCheck>(fields).find(([name]) => name === field)?.[1];
    if (check === undefined) refuse(`there is no field "${field}"; known: ${Object.keys(fields).join(', ')}`);
    const expected = check(value);
    if (expected !== undefined) refuse(`the field "${field}" must be ${expected}`);
  }
}

function refuse(failed: string): never {
  throw refusal(problem('InputInvalid', { attempted: 'read the request', failed }));
}
