import { isObject, jsonTypeOf, type Json, type JsonObject } from '../json';
import type { LearnedIds } from './learned';
import { isUnorderedText, rowIdentity } from './lists';
import { isOptionalKey } from './optional';
import { volatileShapes } from './rules';
import { shapes } from './shapes';
import { sameText } from './text';

/** One difference between what a real cluster answered and what was answered now. */
export interface Mismatch {
  /** Where in the answer, e.g. `body.data.0.status`. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** What comparing needs to know about the exchange. */
export interface ComparisonContext {
  readonly endpoint: string;
  readonly learned: LearnedIds;
}

const shown = (value: Json): string => {
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
};

/** A mismatch at a path. */
export function mismatch(path: readonly string[], expected: string, actual: string): Mismatch {
  return { path: path.join('.'), expected, actual };
}

/** All differences between two values below `path`; the first step of a path is "body" or "task". */
export function compareValues(
  context: ComparisonContext,
  path: readonly string[],
  expected: Json,
  actual: Json,
): Mismatch[] {
  const shape = volatileShapes(context.endpoint, rulePath(path)).find((candidate) => candidate.has(expected));
  if (shape !== undefined) {
    // A fingerprint is asked with later: the node's own stands for the recorded one.
    if (shape === shapes.fingerprint && typeof expected === 'string' && typeof actual === 'string')
      context.learned.learn(expected, actual);
    return shape.has(actual) ? [] : [mismatch(path, `${shape.name}, as ${shown(expected)}`, shown(actual))];
  }
  if (jsonTypeOf(expected) !== jsonTypeOf(actual)) {
    return [
      mismatch(path, `${jsonTypeOf(expected)} ${shown(expected)}`, `${jsonTypeOf(actual)} ${shown(actual)}`),
    ];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) return compareLists(context, path, expected, actual);
  if (isObject(expected) && isObject(actual)) return compareObjects(context, path, expected, actual);
  const same =
    typeof expected === 'string' && typeof actual === 'string'
      ? sameString(context, path, expected, actual)
      : expected === actual;
  return same ? [] : [mismatch(path, shown(expected), shown(actual))];
}

/** Rules speak of paths below the body: `data.*.pid`; the task that was waited for has paths `task.pid`. */
function rulePath(path: readonly string[]): readonly string[] {
  return path[0] === 'body' ? path.slice(1) : path;
}

function sameString(
  context: ComparisonContext,
  path: readonly string[],
  expected: string,
  actual: string,
): boolean {
  if (!isUnorderedText(path)) return sameText(expected, actual, context.learned);
  const sorted = (text: string): string => text.split(',').sort().join(',');
  return sorted(expected) === sorted(actual);
}

function compareObjects(
  context: ComparisonContext,
  path: readonly string[],
  expected: JsonObject,
  actual: JsonObject,
): Mismatch[] {
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => {
    const before = expected[key];
    const now = actual[key];
    const at = [...path, key];
    if (before !== undefined && now !== undefined) return compareValues(context, at, before, now);
    if (isOptionalKey(context.endpoint, rulePath(at))) return [];
    if (before !== undefined) return [mismatch(at, shown(before), 'no such key')];
    return now === undefined ? [] : [mismatch(at, 'no such key', shown(now))];
  });
}

function compareLists(
  context: ComparisonContext,
  path: readonly string[],
  expected: readonly Json[],
  actual: readonly Json[],
): Mismatch[] {
  const length =
    expected.length === actual.length
      ? []
      : [mismatch([...path, 'length'], String(expected.length), String(actual.length))];
  const identify = rowIdentity(context.endpoint, rulePath(path));
  if (identify === undefined) {
    const rows = expected.slice(0, actual.length).flatMap((row, at) => {
      const other = actual[at];
      return other === undefined ? [] : compareValues(context, [...path, String(at)], row, other);
    });
    return [...length, ...rows];
  }
  return [...length, ...compareByIdentity(context, path, expected, actual, identify)];
}

function compareByIdentity(
  context: ComparisonContext,
  path: readonly string[],
  expected: readonly Json[],
  actual: readonly Json[],
  identify: (row: Json) => string,
): Mismatch[] {
  const left = [...actual];
  const rows = expected.flatMap((row, at) => {
    const found = left.findIndex((other) => identify(other) === identify(row));
    const [other] = found < 0 ? [] : left.splice(found, 1);
    const step = [...path, String(at)];
    return other === undefined
      ? [mismatch(step, shown(row), 'no such row')]
      : compareValues(context, step, row, other);
  });
  return [...rows, ...left.map((row) => mismatch([...path, '+'], 'no such row', shown(row)))];
}
