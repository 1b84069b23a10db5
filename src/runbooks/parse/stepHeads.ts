import type { Executor } from '../../domain/runbook/plan';
import type { Attribute, Label } from '../ast';
import type { Reporter } from '../problems';
import { within, type Fragment } from '../source';
import { parseAttributes } from './attributeList';

/** What stands on the first line of a step. */
export interface StepHead {
  readonly title: string;
  readonly label?: Label;
  readonly attributes: readonly Attribute[];
}

const executors: Readonly<Record<string, Executor>> = {
  api: 'API',
  ssh: 'SSH',
  local: 'local',
  human: 'human',
  runbook: 'runbook',
};

/** Reads `**Title** (label) {attributes}`; the title may also stand without asterisks. */
export function parseStepHead(line: Fragment, problems: Reporter): StepHead {
  const bold = /^\s*(\*\*|__)(.+?)\1/.exec(line.text);
  const rest = within(line, bold?.[0].length ?? 0, line.text.length);
  const found = labelIn(rest, bold !== null);
  const behind = within(rest, found?.end ?? rest.text.length, rest.text.length);
  const { attributes } = parseAttributes(behind, problems);
  const title = (bold?.[2] ?? rest.text.slice(0, found?.start)).trim().replace(/\s*\{#.*$/, '');
  return found === undefined ? { title, attributes } : { title, label: found.label, attributes };
}

/** The number before a heading's title, e.g. of `### 3. Title` or `### Step 3: Title`. */
export function numberedHeading(text: string): string | undefined {
  return /^\s*(?:step\s+)?\d{1,3}(?:[.):]|\s+[-–—])\s+/i.exec(text)?.[0];
}

interface FoundLabel {
  readonly label: Label;
  readonly start: number;
  readonly end: number;
}

/** The first brackets behind a bold title; without one, the first on the line that hold words of a label. */
function labelIn(text: Fragment, isBehindTitle: boolean): FoundLabel | undefined {
  for (const match of text.text.matchAll(/\(([^()\n]{1,60})\)/g)) {
    if (isBehindTitle && text.text.slice(0, match.index).trim() !== '') return undefined;
    const words = (match[1] ?? '').split(/[|,/]/).map((it) => it.trim().toLowerCase());
    const known = words.flatMap((word) => (Object.hasOwn(executors, word) ? [executors[word]] : []));
    const named = known.filter((it) => it !== undefined);
    if (named.length !== words.length) continue;
    const [start, end] = [match.index, match.index + match[0].length];
    const { line, column } = text.place(start);
    return { label: { executors: named, place: { line, column }, start, end }, start, end };
  }
  return undefined;
}
