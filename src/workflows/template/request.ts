import type { TemplateRequest } from '../../domain/templatePlan';
import {
  checkFields,
  eventLimit,
  flag,
  text,
  texts,
  wholeFrom,
  type RequestFields,
} from '../shared/requestFields';

const fields: RequestFields<TemplateRequest> = {
  runbook: (value) =>
    typeof value === 'string' && /^(?!.*\.md$)[a-z0-9][a-z0-9.-]{0,60}$/.test(value)
      ? undefined
      : 'the name of a runbook',
  name: (value) =>
    typeof value === 'string' && /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(value)
      ? undefined
      : 'a name of small letters, digits, dots and hyphens, at most 63',
  cluster: text,
  parameters: texts,
  nodes: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((it) => typeof it === 'string' && it !== '')
      ? undefined
      : 'a list of node names',
  keep: wholeFrom(0),
  rebuild: flag,
  onlyRetire: flag,
  dryRun: flag,
  requestedBy: text,
  historyEventLimit: eventLimit,
};

/** Checks what the Web UI or the `temporal` CLI was given. Throws InputInvalid; nothing has happened then. */
export function checkTemplateRequest(request: unknown): asserts request is TemplateRequest {
  checkFields<TemplateRequest>(request, fields, '{"runbook":"debian-13"}', ['runbook']);
}
