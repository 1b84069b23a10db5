import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { List } from 'mdast';
import type { Runbook } from '../ast';
import { parametersOf } from '../frontMatter/parameters';
import { readFrontMatter, type ReadFrontMatter } from '../frontMatter/read';
import { sourceNames } from '../imageSource';
import { Problems } from '../problems';
import { SourceText } from '../source';
import { withinTime } from '../withinTime';
import { largestRunbookBytes, parseMarkdown, plainText, sectionsOf } from './markdown';
import { stepsOf } from './steps';

/** A file that was read, with what is wrong with its form. */
export interface ParsedRunbook {
  /** Absent where the file could not be looked at. */
  readonly runbook?: Runbook;
  readonly problems: Problems;
}

/** The parsers need some tens of milliseconds for a runbook; texts made for it would keep them for minutes. */
const longestParseMs = 2000;
/** The limit is by the clock. On a machine that is busy it may be over before the parsers had much of the processor. */
const mostTries = 5;

/** Reads the bytes of a runbook. Everything that is wrong is reported with its place; nothing is thrown. */
export function parseRunbook(file: string, bytes: Uint8Array, triesLeft = mostTries): ParsedRunbook {
  const before = process.cpuUsage();
  const problems = new Problems(file);
  const text = textOf(bytes, problems);
  if (text === undefined) return { problems };
  const read = withinTime(longestParseMs, () => partsOf(file, text, problems));
  if (read !== undefined) {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { runbook: { ...read.value, sha256 }, problems };
  }
  const { user, system } = process.cpuUsage(before);
  const wasHeldUp = (user + system) / 1000 < longestParseMs / 2;
  if (wasHeldUp && triesLeft > 1) return parseRunbook(file, bytes, triesLeft - 1);
  const remedy = 'nest it less deeply, and break long paragraphs';
  problems.report('file', { line: 1, column: 1 }, 'the file takes too long to read', remedy);
  return { problems };
}

function partsOf(file: string, text: string, problems: Problems): Omit<Runbook, 'sha256'> {
  const source = new SourceText(text);
  const root = parseMarkdown(text);
  const yaml = root.children.find((it) => it.type === 'yaml');
  const frontMatter = readFrontMatter(yaml?.value, problems, /^\uFEFF?---[ \t]*(\r?\n|$)/.test(text));
  reportOtherName(file, frontMatter, problems);
  const { title, sections } = sectionsOf(root);
  const named = (name: string) =>
    sections.filter(({ heading }) => heading.trim().toLowerCase() === name).flatMap(({ content }) => content);
  const lists = named('parameters').filter((it): it is List => it.type === 'list');
  const parameters = parametersOf(frontMatter, lists, source, problems);
  const known = new Set([...parameters.map((it) => it.name), ...sourceNames(frontMatter.value)]);
  const context = { source, problems, known };
  const steps = stepsOf(named('steps'), 'steps', context);
  if (steps.length === 0) {
    const remedy = 'write a section ## Steps with 1. **Title** (API) and so on';
    problems.report('no-steps', { line: 1, column: 1 }, 'there are no steps', remedy);
  }
  const cleanup = named('cleanup');
  return {
    file,
    source,
    frontMatter: frontMatter.value,
    title: title ?? frontMatter.value.name,
    parameters,
    steps: [...steps, ...stepsOf(cleanup, 'cleanup', context)],
    cleanupNotes: cleanup.flatMap((it) =>
      it.type === 'list' ? it.children.map((item) => plainText(item)) : [],
    ),
  };
}

/** Runbooks are found by their files' names; files with a _ in front are none, but what others begin as. */
function reportOtherName(
  file: string,
  { value: { name }, placeOf }: ReadFrontMatter,
  problems: Problems,
): void {
  const own = basename(file, '.md');
  if (name === '' || name === own || own.startsWith('_')) return;
  problems.report(
    'other-name',
    placeOf(['name']),
    `the name ${name} is not that of the file`,
    `write name: ${own}, or rename the file`,
  );
}

function textOf(bytes: Uint8Array, problems: Problems): string | undefined {
  const start = { line: 1, column: 1 };
  if (bytes.length > largestRunbookBytes) {
    problems.report(
      'file',
      start,
      'the file is larger than 64 KiB',
      'split it: a step can call another runbook',
    );
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    problems.report('file', start, 'the file is not UTF-8 text', 'save it as UTF-8');
    return undefined;
  }
}
