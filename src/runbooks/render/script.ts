import type { Text } from '../../domain/runbook/text';
import type { Block } from '../ast';
import type { Placeholder } from '../parse/placeholders';
import { quotingOf, type Quoting } from '../shell/quoting';
import { readScript, type Script } from '../shell/script';
import type { ShellParser } from '../shell/tree';
import { shown } from './parameters';
import { pieceOf, TextBuilder, textWith, type KnownValues } from './texts';

/** Characters that mean nothing to a shell, and spaces: what a raw value may have. */
const harmless = /^[A-Za-z0-9_./:=,@%+\- ]*$/;

/**
 * A bash block as a script for `bash -c`. Values never become a part of the runbook's own text: they are assigned to
 * variables on lines of their own, each quoted, and the text has the variables, quoted as their places need it.
 * Throws RangeError where a value can't be written.
 */
export function scriptOf({ content, placeholders }: Block, values: KnownValues, parser: ShellParser): Text {
  const script = readScript(content.text, placeholders, parser);
  const quoted = placeholders.filter(({ kind }) => kind === 'value' || kind === 'legacy');
  const builder = new TextBuilder();
  for (const it of quoted.filter(
    (one, index) => quoted.findIndex(({ name }) => name === one.name) === index,
  )) {
    builder
      .add(`pxm_${it.name}=`)
      .add(pieceOf(it, values, 'shell'))
      .add('\n');
  }
  let position = 0;
  for (const it of placeholders) {
    builder.add(script.text.slice(position, it.start)).add(written(script, it, values));
    position = it.end;
  }
  return builder.add(script.text.slice(position)).build();
}

/** A command block as a program with its arguments; no shell sees them. */
export function wordsOf(
  { content, placeholders }: Block,
  values: KnownValues,
  parser: ShellParser,
): readonly Text[] {
  const [command] = readScript(content.text, placeholders, parser).commands;
  return (command?.words ?? []).map(({ literal = '' }) => textWith(literal, values, 'plain'));
}

function written(script: Script, placeholder: Placeholder, values: KnownValues): string {
  if (placeholder.kind === 'raw') return raw(placeholder, values);
  const quoting = quotingOf(script, placeholder);
  if (typeof quoting !== 'string') throw new RangeError(`{{${placeholder.name}}} ${quoting.message}`);
  return quoting === 'comment'
    ? script.text.slice(placeholder.start, placeholder.end)
    : variable(placeholder.name, quoting);
}

function variable(name: string, quoting: Exclude<Quoting, 'comment'>): string {
  switch (quoting) {
    case 'word':
      return `"\${pxm_${name}}"`;
    case 'double':
      return `\${pxm_${name}}`;
    case 'single':
      return `'"\${pxm_${name}}"'`;
  }
}

function raw({ name }: Placeholder, values: KnownValues): string {
  const value = Object.hasOwn(values, name) ? shown(values[name] ?? '') : '';
  if (harmless.test(value)) return value;
  throw new RangeError(
    `{{{${name}}}} is ${JSON.stringify(value.slice(0, 60))}: raw values have letters, digits, spaces and _ . / : = , @ % + - only`,
  );
}
