import { problem } from '../domain/errors';
import type { AccessRequest } from '../domain/access';
import { refusal } from './shared/failures';

const kinds: Readonly<Record<keyof AccessRequest, (value: unknown) => string | undefined>> = {
  cluster: text,
  node: text,
  profile: (value) =>
    value === 'full' || value === 'evacuation' || value === 'read'
      ? undefined
      : 'one of full, evacuation, read',
  privilegeSeparation: flag,
  dryRun: flag,
  requestedBy: text,
  historyEventLimit: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 40
      ? undefined
      : 'a whole number of at least 40',
};

/** Checks by hand what the Web UI or the `temporal` CLI was given. Throws InputInvalid; nothing has happened then. */
export function checkAccessRequest(request: unknown): asserts request is AccessRequest {
  if (typeof request !== 'object' || request === null) refuse('it must be one JSON object, e.g. {}');
  for (const [field, value] of Object.entries(request)) {
    const check = Object.entries(kinds).find(([name]) => name === field)?.[1];
    if (check === undefined) refuse(`there is no field "${field}"; known: ${Object.keys(kinds).join(', ')}`);
    const expected = check(value);
    if (expected !== undefined) refuse(`the field "${field}" must be ${expected}`);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : 'a text';
}

function flag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'true or false';
}

function refuse(failed: string): never {
  throw refusal(problem('InputInvalid', { attempted: 'read the request', failed }));
}
