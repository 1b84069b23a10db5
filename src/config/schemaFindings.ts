import { z } from 'zod';
import { mayBeSecret, missing, type Finding } from './findings';
import { at } from './lookup';
import { nearestWord } from './nearest';
import { present } from './present';
import type { ConfigPath } from './yamlDocument';

/** What the schema says against a value: each issue in our words, one for each place. */
export function schemaFindings(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  schema: z.ZodType,
): Finding[] {
  const findings = issues.flatMap((issue) => findingsOf(issue, at(value, issue.path), schema));
  return findings.filter(
    (it, index) => findings.findIndex((other) => pathKey(other.path) === pathKey(it.path)) === index,
  );
}

/** The findings without their consequences: where a key is mistyped, the right one is not also "missing". */
export function withoutMistyped(findings: readonly Finding[]): Finding[] {
  const mistyped = findings.map(({ path, nearest }) => pathKey([...path.slice(0, -1), nearest ?? '']));
  return findings.filter((it) => it.message !== missing || !mistyped.includes(pathKey(it.path)));
}

/** The findings without those on keys that are out of place as a whole: to put them right would help nobody. */
export function withoutMisplaced(findings: readonly Finding[]): Finding[] {
  const misplaced = findings.filter((it) => it.outOfPlace === true).map(({ path }) => path);
  const isInside = ({ path }: Finding) =>
    misplaced.some((section) => section.every((step, index) => step === path[index]));
  return findings.filter((it) => it.outOfPlace === true || !isInside(it));
}

function findingsOf(issue: z.core.$ZodIssue, written: unknown, schema: z.ZodType): Finding[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(path, issue.keys, written, keysAt(schema, path));
    case 'invalid_key':
      // The text of the whole record says nothing of its names.
      return issue.issues.map(({ message: expected }) => ({
        path,
        place: 'key' as const,
        message: 'is not a valid name',
        expected,
      }));
    default:
      return [wrongValue(issue, written)];
  }
}

function unknownKeys(
  parent: ConfigPath,
  keys: readonly string[],
  section: unknown,
  known: readonly string[],
): Finding[] {
  // A key that is there already is not the one that was meant.
  const absent = known.filter((key) => at(section, [key]) === undefined);
  return keys.map((key) => ({
    path: [...parent, key],
    place: 'key',
    message: 'is not a known key',
    expected: `one of the keys ${known.join(', ')}`,
    ...present({ nearest: nearestWord(key, absent) }),
  }));
}

/** `written` is the value as it stands in the file: an issue may hold one with its units resolved. */
function wrongValue(issue: z.core.$ZodIssue, written: unknown): Finding {
  const { path, message: expected } = issue;
  if (written === undefined) return { path, message: missing, expected };
  const words = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const nearest = typeof written === 'string' ? nearestWord(written, words) : undefined;
  return { path, message: whatIsThere(path, written), expected, ...present({ nearest }) };
}

/** Shows short plain values; never one where a secret may have been put by mistake, and nothing that looks like a token. */
function whatIsThere(path: ConfigPath, written: unknown): string {
  if (written === null) return 'has no value';
  if (Array.isArray(written)) return written.length === 0 ? 'is an empty list' : 'is a list';
  if (typeof written === 'object') return 'is a section';
  const shown = JSON.stringify(written);
  const isPlaceOfSecret =
    path[0] === 'credentials' || path[0] === 'secrets' || path.includes('vault_password');
  const hidden = isPlaceOfSecret || shown.length > 60 || mayBeSecret(shown);
  return hidden ? 'is not valid' : `is ${shown}`;
}

/** The keys that a section of the schema knows. */
function keysAt(schema: unknown, path: ConfigPath): readonly string[] {
  if (schema instanceof z.ZodExactOptional) return keysAt(schema.unwrap(), path);
  const [step, ...rest] = path;
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (schema instanceof z.ZodRecord && step !== undefined) return keysAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, unknown>> = schema.shape;
  return step === undefined ? Object.keys(shape) : keysAt(shape[String(step)], rest);
}

function pathKey(path: ConfigPath): string {
  return JSON.stringify(path);
}
