import { outputLines } from '../commands/answer';
import { isProgress, logTexts } from '../compare/log';
import { isObject, jsonTypeOf, type Json, type JsonObject } from '../json';
import type { Answer } from '../recording';
import { containersOf, edit, leavesOf, type Path } from './tree';

/** Every way in which a recorded answer is falsified. */
export const mutationKinds = [
  'status',
  'reason',
  'error text',
  'errors key',
  'errors text',
  'key removed',
  'key added',
  'value type',
  'list length',
  'exit status',
  'log line',
  'output line',
] as const;

/** One way in which a recorded answer is falsified. */
export type MutationKind = (typeof mutationKinds)[number];

/** A falsified answer and what was done to it, e.g. `body.data.0.status: string`. */
export interface Mutation {
  readonly kind: MutationKind;
  readonly where: string;
  readonly answer: Answer;
}

/** Every mutation of one kind that fits this answer; none where the kind does not apply. */
export function mutationsOf(kind: MutationKind, answer: Answer): Mutation[] {
  return mutators[kind](answer).map(({ where, answer: mutated }) => ({ kind, where, answer: mutated }));
}

type Mutator = (answer: Answer) => { where: string; answer: Answer }[];

const withBody = (answer: Answer, body: Json): Answer => ({ ...answer, body });

/** A compressed body is kept as mangled text; there is nothing in it to change. */
const readable = (answer: Answer): Json | undefined =>
  typeof answer.body === 'string' && answer.body.startsWith('\u001f') ? undefined : answer.body;

const changedText = (text: string): string =>
  text.endsWith('\n') ? `${text.slice(0, -1)} (changed)\n` : `${text} (changed)`;

const mutators: Readonly<Record<MutationKind, Mutator>> = {
  status: (answer) => [{ where: 'status', answer: { ...answer, status: answer.status === 200 ? 500 : 200 } }],
  reason: (answer) =>
    answer.reason === ''
      ? []
      : [{ where: 'reason', answer: { ...answer, reason: changedText(answer.reason) } }],
  'error text': mutateErrorText,
  'errors key': mutateErrorKeys,
  'errors text': mutateErrorsTexts,
  'key removed': (answer) => everywhere(answer, objectPaths, removeKey),
  'key added': (answer) => everywhere(answer, (body) => containersOf(body, isObject), addKey),
  'value type': (answer) => everywhere(answer, leavesOf, changeType),
  'list length': (answer) => everywhere(answer, (body) => containersOf(body, Array.isArray), changeLength),
  'exit status': mutateExitStatus,
  'log line': mutateLogLines,
  'output line': mutateOutputLines,
};

/** Applies one change at each place of the body that `places` names. */
function everywhere(
  answer: Answer,
  places: (body: Json) => Path[],
  change: (body: Json, path: Path) => Json,
): { where: string; answer: Answer }[] {
  const body = readable(answer);
  if (body === undefined || typeof body === 'string') return [];
  return places(body).map((path) => ({
    where: ['body', ...path].join('.'),
    answer: withBody(answer, change(body, path)),
  }));
}

/** The paths of all members of all objects. */
function objectPaths(body: Json): Path[] {
  return containersOf(body, isObject).flatMap((path) => {
    const object = path.reduce<Json | undefined>(
      (value, step) =>
        Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined,
      body,
    );
    return isObject(object) ? Object.keys(object).map((key) => [...path, key]) : [];
  });
}

function removeKey(body: Json, path: Path): Json {
  const key = path.at(-1) ?? '';
  return edit(body, path.slice(0, -1), (object) =>
    isObject(object) ? Object.fromEntries(Object.entries(object).filter(([name]) => name !== key)) : object,
  );
}

function addKey(body: Json, path: Path): Json {
  return edit(body, path, (object) => (isObject(object) ? { ...object, unheardOf: 1 } : object));
}

function changeType(body: Json, path: Path): Json {
  return edit(body, path, (value) => {
    switch (jsonTypeOf(value)) {
      case 'string':
        return Number(value) || 0;
      case 'number':
        return JSON.stringify(value);
      case 'boolean':
        return value === true ? 1 : 0;
      case 'null':
        return '';
      case 'array':
        return {};
      default:
        return [];
    }
  });
}

/** One row less, or one more where there is none. The first row, because the last lines of a log may be progress. */
function changeLength(body: Json, path: Path): Json {
  return edit(body, path, (list) =>
    Array.isArray(list) ? (list.length > 0 ? list.slice(1) : [null]) : list,
  );
}

function mutateErrorText(answer: Answer): { where: string; answer: Answer }[] {
  const body = readable(answer);
  if (typeof body === 'string') return [{ where: 'body', answer: withBody(answer, changedText(body)) }];
  if (!isObject(body) || typeof body['message'] !== 'string') return [];
  const message = changedText(body['message']);
  return [{ where: 'body.message', answer: withBody(answer, { ...body, message }) }];
}

function errorsOf(answer: Answer): { body: JsonObject; errors: JsonObject } | undefined {
  const body = answer.body;
  const errors = isObject(body) ? body['errors'] : undefined;
  return isObject(body) && isObject(errors) ? { body, errors } : undefined;
}

function mutateErrorKeys(answer: Answer): { where: string; answer: Answer }[] {
  const found = errorsOf(answer);
  if (found === undefined) return [];
  const { body, errors } = found;
  return Object.keys(errors).map((key) => {
    const renamed = Object.fromEntries(Object.entries(errors).map(([k, v]) => [k === key ? `${k}x` : k, v]));
    return { where: `body.errors.${key}`, answer: withBody(answer, { ...body, errors: renamed }) };
  });
}

function mutateErrorsTexts(answer: Answer): { where: string; answer: Answer }[] {
  const found = errorsOf(answer);
  if (found === undefined) return [];
  const { body, errors } = found;
  return Object.entries(errors).flatMap(([key, text]) => {
    if (typeof text !== 'string') return [];
    const changed = { ...errors, [key]: changedText(text) };
    return [{ where: `body.errors.${key}`, answer: withBody(answer, { ...body, errors: changed }) }];
  });
}

const otherExit = (status: string): string => (status === 'OK' ? 'unexpected status' : changedText(status));

function mutateExitStatus(answer: Answer): { where: string; answer: Answer }[] {
  const ofTask = answer.task?.['exitstatus'];
  const result: { where: string; answer: Answer }[] = [];
  if (typeof ofTask === 'string') {
    const task = { ...answer.task, exitstatus: otherExit(ofTask) };
    result.push({ where: 'task.exitstatus', answer: { ...answer, task } });
  }
  const data = isObject(answer.body) ? answer.body['data'] : undefined;
  const ofStatus = isObject(data) ? data['exitstatus'] : undefined;
  if (answer.body !== undefined && typeof ofStatus === 'string') {
    const body = edit(answer.body, ['data', 'exitstatus'], () => otherExit(ofStatus));
    result.push({ where: 'body.data.exitstatus', answer: withBody(answer, body) });
  }
  return result;
}

function mutateLogLines(answer: Answer): { where: string; answer: Answer }[] {
  const body = answer.body;
  const lines = isObject(body) ? logTexts(body['data']) : undefined;
  if (body === undefined || lines === undefined) return [];
  return lines.flatMap((line, at) => {
    if (isProgress(line)) return [];
    const path = ['data', String(at), 't'];
    return [
      {
        where: `body.${path.join('.')}`,
        answer: withBody(
          answer,
          edit(body, path, () => changedText(line)),
        ),
      },
    ];
  });
}

/** The lines that a command has printed. */
function mutateOutputLines(answer: Answer): { where: string; answer: Answer }[] {
  const { body } = answer;
  const lines = body === undefined ? undefined : outputLines(body);
  if (body === undefined || lines === undefined) return [];
  return lines.flatMap((line, at) => {
    if (isProgress(line)) return [];
    const path = ['data', String(at)];
    return [
      {
        where: `body.${path.join('.')}`,
        answer: withBody(
          answer,
          edit(body, path, () => changedText(line)),
        ),
      },
    ];
  });
}
