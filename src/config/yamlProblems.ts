import type { ErrorCode } from 'yaml';
import { visit } from 'yaml';
import type { Finding } from './findings';
import type { Position, YamlDocument } from './yamlDocument';

const fallback = ['is not valid YAML', 'YAML 1.2: key: value, two spaces per level'] as const;

/** Our words for the library's codes: its own texts may quote the file, and the file may hold a secret by mistake. */
const texts: Partial<Record<ErrorCode, readonly [message: string, expected: string]>> = {
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
  BLOCK_AS_IMPLICIT_KEY: ['two keys on one line', 'one key: value a line, or the value in quotes'],
  BLOCK_IN_FLOW: ['a block inside of [ ] or { }', 'commas between the entries'],
  DUPLICATE_KEY: ['is given twice', 'each key once'],
  MISSING_CHAR: ['a character is missing', 'a closing quote or bracket, or a space after the colon'],
  MULTILINE_IMPLICIT_KEY: ['is not a key: value pair', 'a colon and a space after the key'],
  MULTIPLE_DOCS: ['a second document begins', 'one document a file, without a further --- line'],
  TAB_AS_INDENT: ['is indented by a tab', 'spaces only'],
  TAG_RESOLVE_FAILED: ['an unknown tag', 'the value without the ! tag'],
};

/** What the YAML parser complained about. `fatal`: the value of the file is not to be trusted. */
export function yamlFindings(yaml: YamlDocument): {
  readonly findings: readonly Finding[];
  readonly fatal: boolean;
} {
  const complaints = [...yaml.document.errors, ...yaml.document.warnings];
  const findings = [
    ...complaints.map((it) => findingAt(yaml, it.pos[0], it.code)),
    ...danglingAliases(yaml).map((offset) => findingAt(yaml, offset, 'BAD_ALIAS')),
  ];
  return { findings: findings.filter(isFirstOfItsLine), fatal: findings.some((it) => !isDuplicate(it)) };
}

interface PlacedFinding extends Finding {
  readonly code: ErrorCode;
  readonly place: Position;
}

function findingAt(yaml: YamlDocument, offset: number, code: ErrorCode): PlacedFinding {
  const [message, expected] = texts[code] ?? fallback;
  const inner = code === 'MULTIPLE_DOCS' ? [] : yaml.pathAt(offset);
  // A "key" of several words is a broken line that was read as one.
  const broken = inner.findIndex((step) => /\s/.test(String(step)));
  const path = broken < 0 ? inner : inner.slice(0, broken);
  // A missing quote or bracket is noticed at the end of the file; it is missed where the value begins.
  const place = code === 'MISSING_CHAR' && path.length > 0 ? yaml.placeOfValue(path) : yaml.position(offset);
  return { code, path, place, message, expected };
}

/** What follows on the same line is mostly the same mistake, seen again. */
function isFirstOfItsLine(it: PlacedFinding, index: number, all: readonly PlacedFinding[]): boolean {
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
