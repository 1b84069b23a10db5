import type { RunbookRequest } from '../../domain/runbookPlan';
import {
  checkFields,
  eventLimit,
  flag,
  isRecord,
  text,
  texts,
  type RequestFields,
} from '../shared/requestFields';

const fields: RequestFields<RunbookRequest> = {
  runbook: (value) =>
    typeof value === 'string' && /^(?!.*\.md$)[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$/.test(value)
      ? undefined
      : 'the name of a runbook',
  cluster: text,
  parameters: texts,
  node: text,
  fromStep: text,
  captures: (value) => (isRecord(value) ? undefined : 'an object of values by name'),
  dryRun: flag,
  requestedBy: text,
  historyEventLimit: eventLimit,
};

/** Checks what the Web UI or the `temporal` CLI was given. Throws InputInvalid; nothing has happened then. */
export function checkRunbookRequest(request: unknown): asserts request is RunbookRequest {
  checkFields<RunbookRequest>(request, fields, '{"runbook": "storage-check"}', ['runbook']);
}
