import type { ErrorCode, YAMLError } from 'yaml';
import { visit, YAMLMap } from 'yaml';
import type { Finding } from './findings';
import type { Position, YamlDocument } from './yamlDocument';

type Words = readonly [message: string, expected: string];

const fallback: Words = ['is not valid YAML', 'YAML 1.2: key: value, two spaces per level'];

/** Our words for the library's codes: its own texts may quote the file, and the file may hold a secret by mistake. */
const texts: Partial<Record<ErrorCode, Words>> = {
  ALIAS_PROPS: ['an alias with an anchor or tag', 'the alias alone'],
  BAD_ALIAS: [
    'an alias without a name, or to nothing',
    'a name that an & before it defines, or "*..." in quotes',
  ],
  BAD_COLLECTION_TYPE: ['a tag that does not fit its value', 'the value without the tag'],
  BAD_DIRECTIVE: ['an unknown % directive', 'no directive'],
  BAD_DQ_ESCAPE: ['an unknown \\ escape between double quotes', 'single quotes, or \\\\ for a backslash'],
  BAD_INDENT: ['is indented wrongly', 'the same indentation as the keys beside it'],
  BAD_SCALAR_START: ['a value that starts with a reserved character', 'the value in quotes'],
  BLOCK_AS_IMPLICIT_KEY: [
    'two keys on one line, or the next line is indented too far',
    'one key: value a line, at the indentation of the keys beside it, or the value in quotes',
  ],
  BLOCK_IN_FLOW: ['a key or list entry where [ ] or { } are still open', 'commas between the entries'],
  DUPLICATE_KEY: ['is given twice', 'each key once'],
  MISSING_CHAR: ['a character is missing', 'a closing quote or bracket, or a space after the colon'],
  MULTILINE_IMPLICIT_KEY: ['is not a key: value pair', 'a colon and a space after the key'],
  MULTIPLE_DOCS: ['a second document begins', 'one document a file, without a further --- line'],
  TAB_AS_INDENT: ['is indented by a tab', 'spaces only'],
  TAG_RESOLVE_FAILED: ['an unknown tag', 'the value without the ! tag'],
  UNEXPECTED_TOKEN: [
    'more text where the value has ended',
    'nothing more on this line, or all of the value in quotes',
  ],
};

/** Codes that stand for several mistakes are told apart by the library's text, or by the character that it met. */
function wordsOf({ code, message }: YAMLError, character: string): Words {
  if (code === 'MISSING_CHAR') {
    const quote = /closing (["'])/.exec(message)?.[1];
    if (quote !== undefined) return [`the ${quote} here is not closed`, `a ${quote} at the end of the value`];
    if (message.includes('Missing ,')) return ['a comma is missing', 'a comma between two entries'];
  }
  if (code === 'UNEXPECTED_TOKEN' && '[]{}'.includes(character)) {
    return [`the ${character} here closes nothing`, 'as many closing brackets as opening ones'];
  }
  return texts[code] ?? fallback;
}

/** What the YAML parser complained about. `fatal`: the value of the file is not to be trusted. */
export function yamlFindings(yaml: YamlDocument): {
  readonly findings: readonly Finding[];
  readonly fatal: boolean;
} {
  const brackets = openBrackets(yaml);
  const complaints = [...yaml.document.errors, ...yaml.document.warnings].filter(
    ({ message }) => brackets.length === 0 || !/ end with a [\]}]/.test(message),
  );
  const findings = [
    ...brackets,
    ...complaints.map((it) => findingAt(yaml, it.pos[0], it.code, wordsOf(it, yaml.characterAt(it.pos[0])))),
    ...danglingAliases(yaml).map((offset) => findingAt(yaml, offset, 'BAD_ALIAS')),
  ];
  return { findings: findings.filter(isNoConsequence), fatal: findings.some((it) => !isDuplicate(it)) };
}

interface PlacedFinding extends Finding {
  readonly code: ErrorCode;
  readonly place: Position;
}

function findingAt(
  yaml: YamlDocument,
  offset: number,
  code: ErrorCode,
  [message, expected] = texts[code] ?? fallback,
): PlacedFinding {
  const inner = code === 'MULTIPLE_DOCS' ? [] : yaml.pathAt(offset);
  // A "key" of several words is a broken line that was read as one.
  const broken = inner.findIndex((step) => /\s/.test(String(step)));
  const path = broken < 0 ? inner : inner.slice(0, broken);
  // A missing quote is noticed at the end of the file; it is missed where the value begins.
  const place = message.endsWith('is not closed') ? yaml.placeOfValue(path) : yaml.position(offset);
  return { code, path, place, message, expected };
}

/** The brackets that are never closed, each where it is opened: the parser notices it lines later. */
function openBrackets(yaml: YamlDocument): PlacedFinding[] {
  const findings: PlacedFinding[] = [];
  visit(yaml.document, {
    Collection: (_, collection) => {
      const { srcToken } = collection;
      if (srcToken?.type !== 'flow-collection') return;
      const [opening, closing] = collection instanceof YAMLMap ? ['{', '}'] : ['[', ']'];
      if (srcToken.end[0]?.source === closing) return;
      const words = [
        `the ${opening} here is not closed by a ${closing}`,
        `a ${closing} after the last entry`,
      ] as const;
      findings.push(findingAt(yaml, srcToken.offset, 'MISSING_CHAR', words));
    },
  });
  return findings;
}

/** What follows on the same line, and everything after a stray bracket, is mostly the same mistake, seen again. */
function isNoConsequence(it: PlacedFinding, index: number, all: readonly PlacedFinding[]): boolean {
  const stray = all.findIndex(({ message }) => message.endsWith('closes nothing'));
  if (stray >= 0 && stray < index && it.code === 'UNEXPECTED_TOKEN') return false;
  return all.findIndex((other) => other.place.line === it.place.line) === index;
}

function isDuplicate(it: PlacedFinding): boolean {
  return it.code === 'DUPLICATE_KEY';
}

function danglingAliases(yaml: YamlDocument): number[] {
  const offsets: number[] = [];
  visit(yaml.document, {
    Alias: (_, alias) => {
      if (alias.resolve(yaml.document) === undefined) offsets.push(alias.range?.[0] ?? 0);
    },
  });
  return offsets;
}
