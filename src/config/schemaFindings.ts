import { z } from 'zod';
import { mayBeSecret, type Finding } from './findings';
import { at } from './lookup';
import { nearestWord } from './nearest';
import { present } from './present';
import { clusterConfigFile } from './schema';
import type { ConfigPath } from './yamlDocument';

const missing = 'is missing';

/** What the schema says against a value: each issue in our words, one for each place. */
export function schemaFindings(issues: readonly z.core.$ZodIssue[], value: unknown): Finding[] {
  const findings = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? unknownKeys(issue.path, issue.keys, at(value, issue.path))
      : [wrongValue(issue, at(value, issue.path))],
  );
  const mistyped = findings.map(({ path, nearest }) => pathKey([...path.slice(0, -1), nearest ?? '']));
  return findings.filter((it, index) => {
    // A mistyped key is one problem: the right one is not also "missing".
    if (it.message === missing && mistyped.includes(pathKey(it.path))) return false;
    return findings.findIndex((other) => pathKey(other.path) === pathKey(it.path)) === index;
  });
}

function unknownKeys(parent: ConfigPath, keys: readonly string[], section: unknown): Finding[] {
  const known = keysAt(clusterConfigFile, parent);
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

/** Shows short plain values; never one of `credentials`, and nothing that looks like a token. */
function whatIsThere(path: ConfigPath, written: unknown): string {
  if (written === null) return 'has no value';
  if (Array.isArray(written)) return written.length === 0 ? 'is an empty list' : 'is a list';
  if (typeof written === 'object') return 'is a section';
  const shown = JSON.stringify(written);
  const hidden = path[0] === 'credentials' || shown.length > 60 || mayBeSecret(shown);
  return hidden ? 'is not valid' : `is ${shown}`;
}

/** The keys that a section of the schema knows. */
function keysAt(schema: unknown, path: ConfigPath): readonly string[] {
  if (schema instanceof z.ZodExactOptional) return keysAt(schema.unwrap(), path);
  const [step, ...rest] = path;
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, unknown>> = schema.shape;
  return step === undefined ? Object.keys(shape) : keysAt(shape[String(step)], rest);
}

function pathKey(path: ConfigPath): string {
  return JSON.stringify(path);
}
