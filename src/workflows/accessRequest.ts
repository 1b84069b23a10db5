import type { AccessRequest } from '../domain/access';
import { checkFields, eventLimit, flag, text, type RequestFields } from './shared/requestFields';

const fields: RequestFields<AccessRequest> = {
  cluster: text,
  node: text,
  profile: (value) =>
    value === 'full' || value === 'evacuation' || value === 'read'
      ? undefined
      : 'one of full, evacuation, read',
  privilegeSeparation: flag,
  dryRun: flag,
  requestedBy: text,
  historyEventLimit: eventLimit,
};

/** Checks what the Web UI or the `temporal` CLI was given. Throws InputInvalid; nothing has happened then. */
export function checkAccessRequest(request: unknown): asserts request is AccessRequest {
  checkFields<AccessRequest>(request, fields, '{}');
}
