import { isObject, type Json, type JsonObject } from '../json';
import type { Answer } from '../recording';
import { outputLines } from '../commands/answer';
import { maskLine } from './lines';
import { compareLogs, logTexts } from './log';
import { sameText } from './text';
import { compareValues, mismatch, type ComparisonContext, type Mismatch } from './value';

const isTaskLog = (endpoint: string): boolean => endpoint.endsWith('/tasks/{upid}/log');

/** Bodies that the recorder could only keep as mangled text: compressed ones. */
function isCompressed(answer: Answer): boolean {
  return (
    answer.headers['content-encoding'] === 'gzip' ||
    (typeof answer.body === 'string' && answer.body.startsWith('\u001f'))
  );
}

/**
 * All differences between a recorded answer and an actual one: status, reason, body, and the final status of the task
 * where the recorder waited for it. Ids that agree are learned.
 */
export function compareAnswers(context: ComparisonContext, expected: Answer, actual: Answer): Mismatch[] {
  const status =
    expected.status === actual.status
      ? []
      : [mismatch(['status'], String(expected.status), String(actual.status))];
  const reason = sameText(expected.reason, actual.reason, context.learned)
    ? []
    : [mismatch(['reason'], expected.reason, actual.reason)];
  return [
    ...status,
    ...reason,
    ...compareBodies(context, expected, actual),
    ...compareTasks(context, expected, actual),
  ];
}

function compareBodies(context: ComparisonContext, expected: Answer, actual: Answer): Mismatch[] {
  if (isCompressed(expected) || isCompressed(actual)) {
    const same = isCompressed(expected) === isCompressed(actual);
    return same ? [] : [mismatch(['body'], compression(expected), compression(actual))];
  }
  const before = expected.body ?? null;
  const now = actual.body ?? null;
  if (isTaskLog(context.endpoint)) {
    const log = compareLogBodies(context, before, now);
    if (log !== undefined) return log;
  }
  const output = compareOutputLines(context, before, now);
  if (output !== undefined) return output;
  return compareValues(context, ['body'], before, now);
}

const compression = (answer: Answer): string => (isCompressed(answer) ? 'compressed' : 'not compressed');

/** A command's output that is text is compared as a log; undefined where one of the two is none. */
function compareOutputLines(
  context: ComparisonContext,
  expected: Json,
  actual: Json,
): Mismatch[] | undefined {
  const [before, now] = [outputLines(expected), outputLines(actual)];
  if (before === undefined || now === undefined || !isObject(expected) || !isObject(actual)) return undefined;
  const around = compareValues(context, ['body'], { ...expected, data: [] }, { ...actual, data: [] });
  const masked = (lines: readonly string[]): string[] =>
    lines.map((line) => maskLine(context.endpoint, line));
  return [...around, ...compareLogs(masked(before), masked(now), context.learned, ['body', 'data'])];
}

/** Task logs are compared line by line; undefined where one of the two is no log. */
function compareLogBodies(context: ComparisonContext, expected: Json, actual: Json): Mismatch[] | undefined {
  if (typeof expected === 'string' && typeof actual === 'string') {
    return compareLogs(expected.split('\n'), actual.split('\n'), context.learned, ['body']);
  }
  if (!isObject(expected) || !isObject(actual)) return undefined;
  const before = logTexts(expected['data']);
  const now = logTexts(actual['data']);
  if (before === undefined || now === undefined) return undefined;
  const around = compareValues(context, ['body'], withoutRows(expected, before), withoutRows(actual, now));
  return [
    ...around,
    ...compareRows(context, expected, actual),
    ...compareLogs(before, now, context.learned, ['body', 'data']),
  ];
}

/**
 * A log's answer without its lines. `total` counts all lines, also those that report progress: it is compared only as
 * to whether this answer holds all lines, more or less than that.
 */
function withoutRows(body: JsonObject, lines: readonly string[]): JsonObject {
  const total = body['total'];
  const isNumber = typeof total === 'number';
  return {
    ...body,
    data: [],
    ...(isNumber ? { total: total === lines.length ? 'as many as lines' : 'other than lines' } : {}),
  };
}

/** The rows' keys and types, and that `n` counts up by one from the same number; their texts are compared as a log. */
function compareRows(context: ComparisonContext, expected: JsonObject, actual: JsonObject): Mismatch[] {
  return compareValues(context, ['body', 'rows'], rowForm(expected['data']), rowForm(actual['data']));
}

function rowForm(rows: Json | undefined): Json {
  if (!Array.isArray(rows)) return null;
  const [first] = rows;
  const start = isObject(first) ? Number(first['n']) : 0;
  const forms = rows.map((row, at) =>
    isObject(row)
      ? { ...row, t: 'text', n: Number(row['n']) - start === at && typeof row['n'] === 'number' }
      : row,
  );
  const distinct = [...new Map(forms.map((form) => [JSON.stringify(form, sortedKeys), form])).values()];
  return { start, forms: distinct };
}

/** Stringifies with keys in order, so that rows alike give texts alike. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)));
}

function compareTasks(context: ComparisonContext, expected: Answer, actual: Answer): Mismatch[] {
  if (expected.task === undefined) return [];
  if (actual.task === undefined) return [mismatch(['task'], JSON.stringify(expected.task), 'no task')];
  return compareValues(context, ['task'], expected.task, actual.task);
}
