import type { PhrasingContent, Paragraph } from 'mdast';
import type { PlacedExpectation } from '../ast';
import type { Reporter } from '../problems';
import { slice, within, type Fragment, type SourceText } from '../source';
import { isFault, parseExpression } from './expressions';
import { placeholdersIn } from './placeholders';

const prefix = /^\s*(?:\*\*|__)?Expected(?: results?| output)?\s*:(?:\*\*|__)?[ \t]*/i;
const regularExpression = /^\/((?:\\.|[^/\\\n])+)\/([imsu]{0,4})(?=[\s.,;]|$)/;
/** Longer patterns are nobody's. */
const longestPattern = 300;

/** What can be asked of an expectation's text besides that it is there. */
interface Context {
  readonly source: SourceText;
  readonly known: ReadonlySet<string>;
  readonly problems: Reporter;
}

/** Whether a paragraph is an "Expected result" line. */
export function isExpectation(source: SourceText, paragraph: Paragraph): boolean {
  return prefix.test(textOf(source, paragraph).text);
}

/**
 * The assertions of an "Expected result" line: those it begins with. A code span, `exit N`, `status N` or `/regex/`
 * is one; further code spans count behind a comma or "and". Anything else is documentation.
 */
export function expectationsOf(paragraph: Paragraph, context: Context): readonly PlacedExpectation[] {
  const whole = textOf(context.source, paragraph);
  const start = prefix.exec(whole.text)?.[0].length ?? 0;
  const rest = within(whole, start, whole.text.length);
  if (rest.text.startsWith('`')) return leadingSpans(paragraph, context);
  const plain = /^(?:exit|status) (?:code )?\d{1,3}(?![\w.])/.exec(rest.text)?.[0];
  const pattern = regularExpression.exec(rest.text)?.[0];
  const assertion = plain ?? pattern;
  return assertion === undefined ? [] : expectation(within(rest, 0, assertion.length), context);
}

/** One assertion; none if it can't be read, which is reported. */
export function expectation(
  text: Fragment,
  { known, problems }: Omit<Context, 'source'>,
): PlacedExpectation[] {
  const place = text.place(0);
  const refuse = (message: string, remedy: string): [] => {
    problems.report('bad-expectation', place, message, remedy);
    return [];
  };
  const [, kind, number] = /^(exit|status) (?:code )?(\d{1,3})$/.exec(text.text) ?? [];
  if (kind !== undefined) {
    const value = Number(number);
    return [
      placed(place, kind === 'exit' ? { kind: 'exit', code: value } : { kind: 'status', status: value }),
    ];
  }
  const [whole, pattern, flags] = regularExpression.exec(text.text) ?? [];
  if (pattern !== undefined && whole === text.text) {
    const fault = patternFault(pattern, flags ?? '');
    return fault === undefined
      ? [placed(place, { kind: 'matches', pattern, flags: flags ?? '' })]
      : refuse(`the pattern ${fault}`, 'write a regular expression of JavaScript, at most 300 characters');
  }
  if (/^output(\/\S+)?\s*(==|!=|[<>])/.test(text.text)) {
    const condition = parseExpression(text.text);
    return isFault(condition)
      ? refuse(`the comparison ${condition.message}`, 'write e.g. `output/status == "running"`')
      : [placed(place, { kind: 'holds', condition })];
  }
  if (text.text.trim() === '') return refuse('an empty expectation', 'write what the output contains');
  return [
    {
      place,
      expectation: { kind: 'contains', text: [text.text] },
      placeholders: placeholdersIn(text.text, known),
    },
  ];
}

function placed(place: PlacedExpectation['place'], it: PlacedExpectation['expectation']): PlacedExpectation {
  return { place, expectation: it, placeholders: [] };
}

function leadingSpans(paragraph: Paragraph, context: Context): readonly PlacedExpectation[] {
  const found: PlacedExpectation[] = [];
  let isFirst = true;
  for (const child of afterPrefix(paragraph.children)) {
    if (child.type === 'inlineCode') {
      found.push(...expectation(spanContent(child, context.source), context));
      isFirst = false;
    } else if (isFirst || child.type !== 'text' || !/^\s*(,|and|,\s*and)\s*$/.test(child.value)) {
      break;
    }
  }
  return found;
}

/** The prefix may be bold, so it is one or two of the first children. */
function afterPrefix(children: readonly PhrasingContent[]): readonly PhrasingContent[] {
  return children.slice(children.findIndex(({ type }) => type === 'inlineCode'));
}

function spanContent(
  node: { readonly value: string; readonly position?: Paragraph['position'] },
  source: SourceText,
): Fragment {
  const start = node.position?.start.offset ?? 0;
  const written = source.text.slice(start, node.position?.end.offset ?? start);
  const inside = start + Math.max(written.indexOf(node.value), 0);
  return { text: node.value, place: (offset) => source.position(inside + offset) };
}

function textOf(source: SourceText, { position }: Paragraph): Fragment {
  return slice(source, position?.start.offset ?? 0, position?.end.offset ?? 0);
}

function patternFault(pattern: string, flags: string): string | undefined {
  if (pattern.length > longestPattern) return 'is too long';
  try {
    new RegExp(pattern, flags);
    return undefined;
  } catch {
    return 'is no regular expression';
  }
}
