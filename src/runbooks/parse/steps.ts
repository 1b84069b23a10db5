import type { Code, ListItem, Nodes, Paragraph, RootContent } from 'mdast';
import type { Step } from '../ast';
import { slice, within, type Fragment } from '../source';
import { parseBlock, type ParseContext } from './blocks';
import { expectationsOf, isExpectation } from './expectations';
import { fencesIn, plainText, rangeOf } from './markdown';
import { optionsOf } from './options';
import { numberedHeading, parseStepHead, type StepHead } from './stepHeads';

/** The steps of a section: labelled or numbered list items, and numbered headings. */
export function stepsOf(
  content: readonly RootContent[],
  section: Step['section'],
  context: ParseContext,
): readonly Step[] {
  const steps: Step[] = [];
  let group: string | undefined;
  for (let index = 0; index < content.length; index += 1) {
    const node = content[index];
    if (node === undefined) break;
    const frame = { section, ...(group === undefined ? {} : { group }) };
    if (node.type === 'heading') {
      const end = content.findIndex(
        (it, at) => at > index && it.type === 'heading' && it.depth <= node.depth,
      );
      const below = content.slice(index + 1, end < 0 ? undefined : end);
      const line = firstLine(node, context);
      const number = numberedHeading(line.text)?.length;
      if (number === undefined || isGroup(line, number, below, context)) {
        group = plainText(node);
        continue;
      }
      steps.push(stepOf(within(line, number, line.text.length), below, frame, context));
      index += below.length;
    } else if (node.type === 'list') {
      const { ordered } = node;
      steps.push(...node.children.flatMap((item) => listedStep(item, ordered === true, frame, context)));
    } else {
      reportOutside(node, context);
    }
  }
  return steps;
}

type Frame = Pick<Step, 'section' | 'group'>;

function listedStep(item: ListItem, ordered: boolean, frame: Frame, context: ParseContext): Step[] {
  const [first, ...rest] = item.children;
  if (first?.type !== 'paragraph') {
    reportOutside(item, context);
    return [];
  }
  const line = firstLine(first, context);
  const hasLabel = parseHeadQuietly(line).label !== undefined;
  if (!hasLabel && (!ordered || frame.section === 'cleanup')) {
    reportOutside(item, context);
    return [];
  }
  return [stepOf(line, [first, ...rest], frame, context)];
}

/** A numbered heading without a label of its own, above steps that have one. */
function isGroup(
  line: Fragment,
  number: number,
  below: readonly RootContent[],
  context: ParseContext,
): boolean {
  if (parseHeadQuietly(within(line, number, line.text.length)).label !== undefined) return false;
  return below.some(
    (it) =>
      (it.type === 'heading' && numberedHeading(plainText(it)) !== undefined) ||
      (it.type === 'list' && it.children.some((item) => isLabelled(item, context))),
  );
}

function isLabelled(item: ListItem, context: ParseContext): boolean {
  const [first] = item.children;
  return first?.type === 'paragraph' && parseHeadQuietly(firstLine(first, context)).label !== undefined;
}

function stepOf(line: Fragment, content: readonly Nodes[], frame: Frame, context: ParseContext): Step {
  const { problems, known } = context;
  const head = parseStepHead(line, problems);
  const blocks = content.flatMap((node) => blocksIn(node, content, head, context));
  const label = head.label && { ...head.label, ...labelRange(line, head.label, context) };
  return {
    ...frame,
    title: head.title,
    place: line.place(0),
    ...(label === undefined ? {} : { label }),
    attributes: head.attributes,
    prose: proseOf(content, line, context),
    blocks,
    options: optionsOf(blocks.length === 0 ? head.attributes : [], 'human', known, problems),
  };
}

function blocksIn(node: Nodes, content: readonly Nodes[], head: StepHead, context: ParseContext) {
  return fencesIn(node).flatMap((code) => {
    const expectations = expectationsBehind(code, content, context);
    return parseBlock(code, head.attributes, expectations, context) ?? [];
  });
}

/** The "Expected result" lines between a block and the next one. */
function expectationsBehind(code: Code, content: readonly Nodes[], context: ParseContext) {
  const nodes = content.flatMap((it) => leaves(it));
  const start = nodes.indexOf(code) + 1;
  const next = nodes.findIndex((it, index) => index >= start && it.type === 'code');
  return nodes
    .slice(start, next < 0 ? undefined : next)
    .flatMap((it) =>
      it.type === 'paragraph' && isExpectation(context.source, it) ? expectationsOf(it, context) : [],
    );
}

function leaves(node: Nodes): readonly (Code | Paragraph)[] {
  if (node.type === 'code' || node.type === 'paragraph') return [node];
  return 'children' in node ? node.children.flatMap((child) => leaves(child)) : [];
}

function proseOf(content: readonly Nodes[], line: Fragment, { source }: ParseContext): string {
  const head = line.place(0);
  return content
    .flatMap((it) => leaves(it))
    .flatMap((it) => {
      if (it.type !== 'paragraph' || isExpectation(source, it)) return [];
      const { start, end } = rangeOf(it);
      const text = source.text.slice(start, end);
      const isHead = source.position(start).line === head.line;
      return [(isHead ? text.split('\n').slice(1).join('\n') : text).replaceAll(/\s*\n\s*/g, ' ').trim()];
    })
    .filter((it) => it !== '')
    .join('\n');
}

/** The first line of a paragraph or heading as it stands in the file, without the marks of a heading. */
function firstLine(node: Nodes, { source }: ParseContext): Fragment {
  const { start, end } = rangeOf(node);
  const [line = ''] = source.text.slice(start, end).split(/\r\n|\n|\r/);
  const marks = node.type === 'heading' ? (/^#{1,6}\s*/.exec(line)?.[0].length ?? 0) : 0;
  return slice(source, start + marks, start + line.length);
}

/** Where a label stands in the file. */
function labelRange(line: Fragment, { place }: { readonly place: Step['place'] }, { source }: ParseContext) {
  const start = source.lineStart(place.line) + place.column - 1;
  return { start, end: source.text.indexOf(')', start) + 1 };
}

function parseHeadQuietly(line: Fragment): StepHead {
  return parseStepHead(line, { report: () => undefined });
}

function reportOutside(node: Nodes, { problems, source }: ParseContext): void {
  for (const code of fencesIn(node)) {
    if (!/^(http|bash|sh|shell|command|builtin|runbook)\b/.test(code.lang ?? '')) continue;
    problems.report(
      'outside-step',
      source.position(rangeOf(code).start),
      'this block belongs to no step and is never run',
      'give it a step: 1. **Title** (API), or remove the language',
    );
  }
}
