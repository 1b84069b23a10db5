import type { List } from 'mdast';
import { present } from '../../config/present';
import type { Parameter } from '../ast';
import { namePattern } from '../parse/placeholders';
import type { Reporter } from '../problems';
import type { SourceText } from '../source';
import type { ReadFrontMatter } from './read';
import type { FrontMatter } from './schema';

/** Names that the language uses itself. */
const reserved: ReadonlySet<string> = new Set([
  'nodes',
  'output',
  'item',
  'and',
  'or',
  'not',
  'true',
  'false',
]);

/**
 * The parameters of a runbook: those of the front matter, or, where it names none, those of the list "Parameters":
 * `- name: what it is (default: value)` or `(required)`.
 */
export function parametersOf(
  { value, placeOf }: ReadFrontMatter,
  lists: readonly List[],
  source: SourceText,
  problems: Reporter,
): readonly Parameter[] {
  const listed = lists.flatMap((list) =>
    list.children.flatMap((item) => listedParameter(item, source, problems)),
  );
  const all =
    value.params === undefined
      ? withoutDoubles(listed, problems)
      : Object.entries(value.params).map(([name, it]) => declared(name, it, placeOf(['params', name])));
  const names = new Set(all.map(({ name }) => name));
  for (const { name, place } of listed.filter((it) => !names.has(it.name))) {
    problems.report(
      'placeholder',
      place,
      `params: does not have ${name}`,
      'add it there, or remove this line',
    );
  }
  for (const it of all) {
    if (reserved.has(it.name)) {
      problems.report(
        'bad-parameter',
        it.place,
        `${it.name} is a word of the language`,
        'give it another name',
      );
    }
    reportFaults(it, problems);
  }
  return all;
}

type Declared = NonNullable<FrontMatter['params']>[string];

function declared(name: string, it: Declared, place: Parameter['place']): Parameter {
  const written = it.default === undefined ? undefined : asText(it.default);
  return {
    name,
    place,
    description: it.description ?? '',
    type: it.type ?? 'string',
    required: it.required ?? (written === undefined && it.from === undefined),
    ...present({
      default: written,
      from: it.from,
      enum: it.enum?.map(asText),
      pattern: it.pattern,
      minimum: it.minimum,
      maximum: it.maximum,
    }),
  };
}

function asText(value: string | number | boolean | readonly (string | number | boolean)[]): string {
  return Array.isArray(value) ? value.map(String).join(',') : String(value);
}

function listedParameter(
  item: List['children'][number],
  source: SourceText,
  problems: Reporter,
): Parameter[] {
  const [first] = item.children;
  if (first?.type !== 'paragraph' || first.position === undefined) return [];
  const start = first.position.start.offset ?? 0;
  const line = source.text.slice(start, first.position.end.offset).replaceAll(/\s*\n\s*/g, ' ');
  const [, written, rest = ''] = /^[`*]*([A-Za-z][\w-]*)[`*]*\s*:\s*(.*)$/.exec(line) ?? [];
  const place = source.position(start);
  if (written === undefined) {
    problems.report(
      'placeholder',
      place,
      'this line names no parameter',
      'write - name: what it is (default: value)',
    );
    return [];
  }
  if (!namePattern.test(written)) {
    problems.report('bad-parameter', place, `${written} is no name`, 'use small letters, digits and _');
    return [];
  }
  const [, description, , given] =
    /^(.*?)\s*(\((?:default:\s*(.*)|required|optional)\))?\s*$/.exec(rest) ?? [];
  const isOptional = /\(optional\)\s*$/.test(rest);
  const value = given?.replaceAll(/^`|`$/g, '') ?? (isOptional ? '' : undefined);
  return [
    {
      name: written,
      place,
      description: description ?? '',
      type: 'string',
      required: value === undefined,
      ...present({ default: value }),
    },
  ];
}

/** The template of the format has two lines of one name; more than a warning would make it invalid. */
function withoutDoubles(listed: readonly Parameter[], problems: Reporter): readonly Parameter[] {
  const isFirst = ({ name }: Parameter, index: number) =>
    listed.findIndex((it) => it.name === name) === index;
  for (const it of listed.filter((one, index) => !isFirst(one, index))) {
    problems.report(
      'placeholder',
      it.place,
      `the parameter ${it.name} is listed twice`,
      'the first one counts; rename or remove this one',
    );
  }
  return listed.filter(isFirst);
}

function reportFaults(it: Parameter, problems: Reporter): void {
  const bad = (message: string, remedy: string) =>
    problems.report('bad-parameter', it.place, message, remedy);
  if (it.pattern !== undefined && !isPattern(it.pattern))
    bad(`the pattern of ${it.name} is no regular expression`, 'correct it');
  if (it.required && it.default !== undefined)
    bad(`${it.name} is required and has a default`, 'remove one of the two');
  if (it.default !== undefined && it.enum?.includes(it.default) === false) {
    bad(`the default of ${it.name} is none of its values`, `use one of ${it.enum.join(', ')}`);
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(`^(?:${text})$`, 'u');
    return true;
  } catch {
    return false;
  }
}
