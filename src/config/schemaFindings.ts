import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Finding } from './findings';
import { clusterConfigFile } from './schema';
import type { ConfigPath } from './yamlDocument';

/** What the schema says against a value: each issue in our words. */
export function schemaFindings(issues: readonly z.core.$ZodIssue[]): Finding[] {
  const findings = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? unknownKeys(issue.path, issue.keys) : [wrongValue(issue)],
  );
  // A mistyped key is one problem, not two: the right one is not also "missing".
  const mistyped = new Set(
    findings
      .filter((it) => it.place === 'key')
      .map((it) => pathKey([...it.path.slice(0, -1), it.nearest ?? ''])),
  );
  return findings.filter((it) => it.message !== missing || !mistyped.has(pathKey(it.path)));
}

const missing = 'is missing';

function unknownKeys(parent: ConfigPath, keys: readonly string[]): Finding[] {
  const known = keysAt(clusterConfigFile, parent);
  return keys.map((key) => ({
    path: [...parent, key],
    place: 'key',
    message: 'is not a known key',
    expected: `one of the keys ${known.join(', ')}`,
    ...nearestOf(key, known),
  }));
}

function wrongValue(issue: z.core.$ZodIssue): Finding {
  const { path, message: expected, input } = issue;
  if (input === undefined) return { path, message: missing, expected };
  const words = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  const near = typeof input === 'string' ? nearestOf(input, words) : {};
  return { path, message: whatIsThere(path, input), expected, ...near };
}

/** Shows short plain values; never one of `credentials`, where a secret may stand by mistake. */
function whatIsThere(path: ConfigPath, input: unknown): string {
  if (input === null) return 'has no value';
  if (Array.isArray(input)) return input.length === 0 ? 'is an empty list' : 'is a list';
  if (typeof input === 'object') return 'is a section';
  const shown = JSON.stringify(input);
  return path[0] === 'credentials' || shown.length > 60 ? 'is not valid' : `is ${shown}`;
}

/** The nearest of some words, if it is near enough for a typing mistake. */
function nearestOf(word: string, words: readonly string[]): { nearest?: string } {
  if (words.length === 0) return {};
  const nearest = closest(word, words);
  return distance(word, nearest) <= Math.max(2, Math.floor(nearest.length / 3)) ? { nearest } : {};
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
