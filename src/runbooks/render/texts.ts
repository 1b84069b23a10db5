import { encoded, type Encoding, type Text } from '../../domain/runbook/text';
import type { RunValue } from '../../domain/runbook/values';
import { placeholdersIn, type Placeholder } from '../parse/placeholders';
import { shown } from './parameters';

/** The values that are known when a runbook is rendered. */
export type KnownValues = Readonly<Record<string, RunValue>>;

/** A text that gathers literal parts. */
export class TextBuilder {
  readonly #pieces: Text[number][] = [];

  add(piece: Text[number]): this {
    const last = this.#pieces.at(-1);
    if (typeof piece === 'string' && typeof last === 'string')
      this.#pieces[this.#pieces.length - 1] = last + piece;
    else if (piece !== '') this.#pieces.push(piece);
    return this;
  }

  build(): Text {
    return [...this.#pieces];
  }
}

/** A text with known values put in. Throws RangeError where one can't be written at its place. */
export function textWith(text: string, values: KnownValues, as: Encoding): Text {
  const builder = new TextBuilder();
  let position = 0;
  for (const placeholder of placeholdersIn(text, new Set(Object.keys(values)))) {
    builder.add(text.slice(position, placeholder.start)).add(pieceOf(placeholder, values, as));
    position = placeholder.end;
  }
  return builder.add(text.slice(position)).build();
}

/** What a placeholder becomes: the value, or a place for it. */
export function pieceOf({ kind, name }: Placeholder, values: KnownValues, as: Encoding): Text[number] {
  if (kind === 'secret') return { secret: name };
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === undefined ? { value: name, as } : encoded(shown(value), as);
}

/**
 * The words of a runbook for a person, known values put in. What is known only later stands as `{{name}}`; what is no
 * such placeholder stays as it is written: in words it may be anything.
 */
export function proseWith(text: string, values: KnownValues): string {
  return text.replaceAll(/\{\{\s*([a-z]\w*)\s*\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? `{{${name}}}` : shown(value);
  });
}
