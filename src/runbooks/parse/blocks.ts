import type { Code } from 'mdast';
import type { Attribute, Block, Language, PlacedExpectation } from '../ast';
import type { Reporter } from '../problems';
import { blockContent, slice, type Fragment, type SourceText } from '../source';
import { parseAttributes } from './attributeList';
import { parseCall } from './calls';
import { rangeOf } from './markdown';
import { optionsOf } from './options';
import { placeholdersIn } from './placeholders';

/** What all blocks of a file share. */
export interface ParseContext {
  readonly source: SourceText;
  /** Names of the parameters: `<name>` stands for those only. */
  readonly known: ReadonlySet<string>;
  readonly problems: Reporter;
}

const languages: Readonly<Record<string, Language>> = {
  http: 'http',
  bash: 'bash',
  sh: 'bash',
  shell: 'bash',
  command: 'command',
  builtin: 'builtin',
  runbook: 'runbook',
};

/** A fenced block that does something; undefined for one that is only shown. */
export function parseBlock(
  code: Code,
  stepAttributes: readonly Attribute[],
  expectations: readonly PlacedExpectation[],
  context: ParseContext,
): Block | undefined {
  const { source, known, problems } = context;
  const { start, end } = rangeOf(code);
  const place = source.position(start);
  const written = code.lang ?? '';
  if (written.includes('{')) {
    problems.report(
      'bad-attribute',
      place,
      'the attributes stick to the language',
      'write a space before the {',
    );
  }
  const info = infoOf(source, start);
  const { attributes } = parseAttributes(info, problems);
  const isFile = attributes.some(({ name }) => name === 'file');
  const language = isFile ? 'file' : languages[written.replace(/\{.*/, '').toLowerCase()];
  if (language === undefined) {
    if (attributes.length > 0) {
      problems.report(
        'wrong-block',
        place,
        `a block of ${written === '' ? 'no language' : written} does nothing`,
        'use http, bash, command, builtin or runbook, or name the file to write: {file=/path}',
      );
    }
    return undefined;
  }
  const content = blockContent(source, code.value, place.line + 1);
  const call = language === 'http' || language === 'builtin' || language === 'runbook';
  const parsed = call ? parseCall(content, language === 'http', problems) : undefined;
  return {
    language,
    writtenLanguage: written,
    place,
    start,
    end,
    content,
    placeholders: placeholdersIn(code.value, known),
    options: optionsOf([...stepAttributes, ...attributes], language, known, problems),
    expectations,
    ...(parsed === undefined ? {} : { call: parsed }),
  };
}

/** What stands behind the language on the line of a fence, which starts at an offset. */
export function infoOf(source: SourceText, start: number): Fragment {
  const { line } = source.position(start);
  const lineEnd = source.lineStart(line) + source.line(line).length;
  const opening = source.text.indexOf('{', start);
  return opening < 0 || opening > lineEnd ? slice(source, lineEnd, lineEnd) : slice(source, opening, lineEnd);
}
