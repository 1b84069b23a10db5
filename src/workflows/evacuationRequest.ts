import { problem } from '../domain/errors';
import type { EvacuationRequest } from '../domain/evacuationPlan';
import { refusal } from './shared/failures';

const wording = {
  string: 'a text',
  boolean: 'true or false',
  number: 'a number above 0',
  count: 'a whole number above 0',
  // Fewer would be used up before anything is done, and the operation would continue as new for ever.
  events: 'a whole number of at least 40',
  strings: 'a list of node names',
} as const;

const kinds: Readonly<Record<keyof EvacuationRequest, keyof typeof wording>> = {
  node: 'string',
  cluster: 'string',
  dryRun: 'boolean',
  concurrency: 'count',
  targets: 'strings',
  bandwidthLimitBytesPerSecond: 'number',
  requestedBy: 'string',
  historyEventLimit: 'events',
};

/** Checks by hand what the Web UI or the `temporal` CLI was given. Throws InputInvalid; nothing has happened then. */
export function checkEvacuationRequest(request: unknown): asserts request is EvacuationRequest {
  if (typeof request !== 'object' || request === null)
    refuse('it must be one JSON object, e.g. {"node":"pve01"}');
  if (!('node' in request)) refuse('the field "node" is missing: e.g. {"node":"pve01"}');
  for (const [field, value] of Object.entries(request)) {
    const kind = Object.entries(kinds).find(([name]) => name === field)?.[1];
    if (kind === undefined) refuse(`there is no field "${field}"; known: ${Object.keys(kinds).join(', ')}`);
    if (!isOfKind(value, kind)) refuse(`the field "${field}" must be ${wording[kind]}`);
  }
}

function isOfKind(value: unknown, kind: keyof typeof wording): boolean {
  switch (kind) {
    case 'string':
      return typeof value === 'string' && value !== '';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && value > 0;
    case 'count':
      return Number.isInteger(value) && Number(value) > 0;
    case 'events':
      return Number.isInteger(value) && Number(value) >= 40;
    case 'strings':
      return Array.isArray(value) && value.every((each) => typeof each === 'string');
  }
}

function refuse(failed: string): never {
  throw refusal(problem('InputInvalid', { attempted: 'read the request of the evacuation', failed }));
}
