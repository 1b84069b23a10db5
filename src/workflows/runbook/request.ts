import { problem } from '../../domain/errors';
import type { RunbookRequest } from '../../domain/runbookPlan';
import { refusal } from '../shared/failures';

const kinds: Readonly<Record<keyof RunbookRequest, (value: unknown) => string | undefined>> = {
  runbook: (value) =>
    typeof value === 'string' && /^(?!.*\.md$)[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$/.test(value)
      ? undefined
      : 'the name of a runbook',
  cluster: text,
  parameters: (value) =>
    isRecord(value) && Object.values(value).every((it) => typeof it === 'string')
      ? undefined
      : 'an object of texts by parameter name',
  node: text,
  fromStep: text,
  captures: (value) => (isRecord(value) ? undefined : 'an object of values by name'),
  dryRun: flag,
  requestedBy: text,
  historyEventLimit: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 40
      ? undefined
      : 'a whole number of at least 40',
};

/** Checks by hand what the Web UI or the `temporal` CLI was given. Throws InputInvalid; nothing has happened then. */
export function checkRunbookRequest(request: unknown): asserts request is RunbookRequest {
  if (!isRecord(request)) return refuse('it must be one JSON object, e.g. {"runbook": "storage-check"}');
  for (const [field, value] of Object.entries({ runbook: undefined, ...request })) {
    const check = Object.entries(kinds).find(([name]) => name === field)?.[1];
    if (check === undefined) refuse(`there is no field "${field}"; known: ${Object.keys(kinds).join(', ')}`);
    const expected = check(value);
    if (expected !== undefined) refuse(`the field "${field}" must be ${expected}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
