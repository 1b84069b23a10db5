import type { PlaybookRequest } from '../../domain/ansible/request';
import {
  checkFields,
  eventLimit,
  flag,
  isRecord,
  text,
  texts,
  type RequestFields,
} from '../shared/requestFields';

const variable = /^[A-Za-z_][A-Za-z0-9_]{0,100}$/;

const tags = (value: unknown) =>
  Array.isArray(value) && value.every((it) => typeof it === 'string' && /^[^\s,-][^\s,]*$/.test(it))
    ? undefined
    : 'a list of tags';

const fields: RequestFields<PlaybookRequest> = {
  playbook: (value) =>
    typeof value === 'string' && /^(?!.*\.ya?ml$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}$/.test(value)
      ? undefined
      : 'the name of a playbook, without folder and ending',
  cluster: text,
  limit: (value) =>
    typeof value === 'string' && /^[^@\n][^@\n]*$/.test(value)
      ? undefined
      : 'a pattern of hosts; no file (@...)',
  tags,
  skipTags: tags,
  extraVars: (value) =>
    isRecord(value) && Object.keys(value).every((name) => variable.test(name))
      ? undefined
      : 'an object of values by name of the variable',
  secretVars: (value) =>
    texts(value) === undefined && isRecord(value) && Object.keys(value).every((name) => variable.test(name))
      ? undefined
      : 'an object: name of the variable -> name of the secret in cluster-config.yaml',
  estimate: flag,
  dryRun: flag,
  requestedBy: text,
  historyEventLimit: eventLimit,
};

/** Checks what the Web UI or the `temporal` CLI was given. Throws InputInvalid; nothing has happened then. */
export function checkPlaybookRequest(request: unknown): asserts request is PlaybookRequest {
  checkFields<PlaybookRequest>(request, fields, '{"playbook": "site", "limit": "web"}', ['playbook']);
}
