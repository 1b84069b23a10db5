import { z } from 'zod';
import { mayBeSecret } from '../../config/findings';
import { at } from '../../config/lookup';
import { nearestWord } from '../../config/nearest';
import { YamlDocument, type ConfigPath, type Position } from '../../config/yamlDocument';
import { yamlFindings } from '../../config/yamlProblems';
import type { Reporter } from '../problems';
import { frontMatterSchema, imageTypes, type FrontMatter } from './schema';

/** A front matter with the places of its keys in the file. */
export interface ReadFrontMatter {
  readonly value: FrontMatter;
  readonly placeOf: (path: ConfigPath) => Position;
}

const unread: FrontMatter = { name: '', description: '' };

/**
 * Reads a front matter; `text` is undefined where there is none, or `isOpened` but has no end. What is wrong is reported; then a front matter
 * without names stands for it, so that the rest of the file can be looked at.
 */
export function readFrontMatter(
  text: string | undefined,
  problems: Reporter,
  isOpened = false,
): ReadFrontMatter {
  const start = { line: 1, column: 1 };
  if (text === undefined) {
    if (isOpened) {
      const remedy = 'write --- on a line of its own behind its last key';
      problems.report('front-matter', start, 'the front matter has no end', remedy);
    } else {
      const remedy = 'begin the file with ---, name: and description:, ---';
      problems.report('front-matter', start, 'there is no front matter', remedy);
    }
    return { value: unread, placeOf: () => start };
  }
  const yaml = new YamlDocument(text);
  const placeOf = (path: ConfigPath) => inFile(yaml.placeOfValue(path));
  const syntax = yamlFindings(yaml);
  for (const { place, message, expected } of syntax.findings) {
    const position = typeof place === 'object' ? inFile(place) : start;
    problems.report('front-matter', position, message, `write ${expected}`);
  }
  const said = syntax.fatal ? undefined : yaml.value()?.value;
  if (said === undefined) return { value: unread, placeOf };
  const value = chosenImageType(said, placeOf, problems);
  const parsed = frontMatterSchema.safeParse(value);
  if (parsed.success) return { value: parsed.data, placeOf };
  for (const issue of parsed.error.issues) reportIssue(issue, value, yaml, problems);
  return { value: withoutFaults(value), placeOf };
}

/** The `---` above it is a line of the file too. */
function inFile({ line, column }: Position): Position {
  return { line: line + 1, column };
}

/** The template of the format names all types, for whoever fills it in: `cloudinit | iso | none`. */
function chosenImageType(
  value: unknown,
  placeOf: (path: ConfigPath) => Position,
  problems: Reporter,
): unknown {
  const type = at(value, ['image_type']);
  const words = typeof type === 'string' ? type.split('|').map((it) => it.trim()) : [];
  const isOpen = words.length > 1 && words.every((it) => imageTypes.some((known) => known === it));
  if (!isOpen || typeof value !== 'object' || value === null) return value;
  problems.report(
    'placeholder',
    placeOf(['image_type']),
    'the image type is not chosen yet',
    'write one of them',
  );
  return { ...value, image_type: 'none' };
}

function reportIssue(issue: z.core.$ZodIssue, value: unknown, yaml: YamlDocument, problems: Reporter): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const path = [...issue.path, key];
      problems.report(
        'front-matter',
        inFile(yaml.placeOfKey(path)),
        `${shown(path)} is not a known key`,
        knownKeys(key, issue.path),
      );
    }
    return;
  }
  const written = at(value, issue.path);
  const message = written === undefined ? 'is missing' : `is ${brief(written)}`;
  problems.report(
    'front-matter',
    inFile(yaml.placeOfValue(issue.path)),
    `${shown(issue.path)} ${message}`,
    `write ${issue.message}`,
  );
}

function knownKeys(key: string, path: ConfigPath): string {
  const keys = path.length === 0 ? Object.keys(frontMatterSchema.shape) : [];
  const nearest = nearestWord(key, keys);
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  return keys.length === 0 ? 'see docs/runbooks.md' : `the keys are ${keys.join(', ')}`;
}

function shown(path: ConfigPath): string {
  return path.length === 0 ? 'the front matter' : path.map(String).join('.');
}

function brief(written: unknown): string {
  if (written === null) return 'empty';
  if (typeof written === 'object') return Array.isArray(written) ? 'a list' : 'a section';
  const text = JSON.stringify(written);
  return text.length > 60 || mayBeSecret(text) ? 'not valid' : text;
}

/** What is right in it, key by key. */
function withoutFaults(value: unknown): FrontMatter {
  const kept = Object.fromEntries(
    Object.entries(frontMatterSchema.shape).flatMap(([key, schema]) => {
      const written = at(value, [key]);
      return written !== undefined && z.safeParse(schema, written).success ? [[key, written]] : [];
    }),
  );
  const parsed = frontMatterSchema.safeParse({ ...unread, ...kept });
  return parsed.success ? parsed.data : { ...unread, ...pick(kept) };
}

function pick(kept: Readonly<Record<string, unknown>>): Pick<FrontMatter, 'name' | 'description'> {
  const { name, description } = kept;
  return {
    name: typeof name === 'string' ? name : '',
    description: typeof description === 'string' ? description : '',
  };
}
