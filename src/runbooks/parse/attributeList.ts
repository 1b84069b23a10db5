import type { Attribute } from '../ast';
import type { Reporter } from '../problems';
import { within, type Fragment } from '../source';

/** One attribute: an id, or a name with or without a value; values with spaces in quotes. */
const attribute =
  /\s*(?:#(?<id>[^\s{}=]+)|(?<name>[A-Za-z][A-Za-z-]*)(?:=(?:"(?<double>[^"\n]*)"|'(?<single>[^'\n]*)'|(?<bare>(?:\{\{[^{}\n]*\}\}|[^\s{}"'])+))?)?)(?=\s|\}|$)/y;

/**
 * Reads `{#id key=value flag}` at the start of a text. What can't be read is reported, and the rest is left out.
 * Returns the attributes and where the text goes on.
 */
export function parseAttributes(
  text: Fragment,
  problems: Reporter,
): { readonly attributes: readonly Attribute[]; readonly end: number } {
  const opening = text.text.indexOf('{');
  if (opening < 0 || text.text.slice(0, opening).trim() !== '') return { attributes: [], end: 0 };
  const attributes: Attribute[] = [];
  let position = opening + 1;
  for (;;) {
    const rest = text.text.slice(position);
    if (/^\s*\}/.test(rest)) return { attributes, end: position + rest.indexOf('}') + 1 };
    attribute.lastIndex = position;
    const match = attribute.exec(text.text);
    if (match === null) {
      reportUnreadable(text, position, problems);
      return { attributes, end: text.text.length };
    }
    attributes.push(attributeOf(text, match));
    position = attribute.lastIndex;
  }
}

function attributeOf(text: Fragment, match: RegExpExecArray): Attribute {
  const { id, name, double, single, bare } = match.groups ?? {};
  const end = match.index + match[0].length;
  const place = text.place(match.index + match[0].search(/\S/));
  if (id !== undefined) return { name: '#', value: within(text, end - id.length, end), place };
  const quoted = double ?? single;
  const value = quoted ?? bare;
  if (value === undefined) return { name: name ?? '', value: true, place };
  const closing = quoted === undefined ? 0 : 1;
  return { name: name ?? '', value: within(text, end - closing - value.length, end - closing), place };
}

function reportUnreadable(text: Fragment, position: number, problems: Reporter): void {
  const rest = text.text.slice(position);
  const offset = position + Math.max(rest.search(/\S/), 0);
  const isOver = rest.trim() === '';
  problems.report(
    'bad-attribute',
    text.place(offset),
    isOver
      ? 'the { here is not closed'
      : `attributes can't be read from ${JSON.stringify(rest.trim().slice(0, 20))} on`,
    'write {#id key=value key="two words" flag}',
  );
}
