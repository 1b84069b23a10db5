import { textOf, type RunValues } from './values';

/**
 * How a value is written into its place: as it is, encoded for a segment or value of a URL, or quoted for a shell.
 */
export type Encoding = 'plain' | 'url' | 'shell';

/** A place for a value that is known only while the runbook runs. */
export interface ValuePlace {
  readonly value: string;
  readonly as: Encoding;
}

/** A place for a secret: on standard input and in headers only, filled in by the activity that sends it. */
export interface SecretPlace {
  readonly secret: string;
}

/** A text with places. Parameters are filled in already. Plain data. */
export type Text = readonly (string | ValuePlace | SecretPlace)[];

/** The text with values in their places. Throws RangeError where one is missing or can't be written there. */
export function fill(text: Text, values: RunValues, secretOf: (name: string) => string = mask): string {
  return text.map((piece) => (typeof piece === 'string' ? piece : filled(piece, values, secretOf))).join('');
}

/** A value as it is written into its place. Throws RangeError where it can't be. */
export function encoded(value: string, as: Encoding): string {
  switch (as) {
    case 'plain':
      return value;
    case 'url':
      return segment(value);
    case 'shell':
      return shellQuoted(value);
  }
}

/** The text for people: secrets are masked, values that are not known yet stand as `{{name}}`. */
export function shownText(text: Text): string {
  return text.map((piece) => (typeof piece === 'string' ? piece : shownPlace(piece))).join('');
}

/** How a secret is shown. */
export function mask(name: string): string {
  return `[secret ${name}]`;
}

function filled(
  piece: ValuePlace | SecretPlace,
  values: RunValues,
  secretOf: (name: string) => string,
): string {
  if ('secret' in piece) return secretOf(piece.secret);
  const value = Object.hasOwn(values, piece.value) ? values[piece.value] : undefined;
  if (value === undefined) throw new RangeError(`{{${piece.value}}} has no value`);
  return encoded(textOf(value), piece.as);
}

function shownPlace(piece: ValuePlace | SecretPlace): string {
  return 'secret' in piece ? mask(piece.secret) : `{{${piece.value}}}`;
}

/** `.` and `..` would walk up a path, and no encoding keeps them from it. */
function segment(value: string): string {
  if (value === '' || value === '.' || value === '..') {
    throw new RangeError(`${JSON.stringify(value)} can't be part of a path`);
  }
  try {
    return encodeURIComponent(value);
  } catch {
    throw new RangeError('half a character (a lone surrogate) has no form in a URL');
  }
}

/** One word for a POSIX shell, whatever it holds; a NUL can't be in any. */
function shellQuoted(value: string): string {
  if (value.includes('\0')) throw new RangeError('a NUL character has no form in a command');
  return `'${value.replaceAll("'", `'"'"'`)}'`;
}
