import type { Secret } from '../domain/secret';

const shown = Buffer.from('[secret]');

/** Every form in which a secret may come back: as it is, in JSON, in a URL, as base64. */
function formsOf(secret: Secret): readonly Buffer[] {
  const value = secret.reveal();
  if (value === '') return [];
  const texts = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
  const encoded = Buffer.from(value).toString('base64').replace(/=+$/, '');
  return [...new Set([...texts, encoded])].map((text) => Buffer.from(text));
}

/** Cuts secrets out of bytes. */
export interface Redaction {
  /** How many bytes beyond a limit have to be kept so that no secret is cut in two by it. */
  readonly overlapBytes: number;
  /** The first `limitBytes` bytes with every secret that begins in them replaced by `[secret]`. */
  redact(bytes: Buffer, limitBytes: number): Buffer;
  /** The same for a text. */
  redactText(text: string): string;
}

/** Makes a redaction for these secrets. */
export function createRedaction(secrets: readonly Secret[]): Redaction {
  // The longest first: one secret may be a part of another.
  const forms = secrets.flatMap(formsOf).toSorted((left, right) => right.length - left.length);

  function redact(bytes: Buffer, limitBytes: number): Buffer {
    const parts: Buffer[] = [];
    let position = 0;
    for (;;) {
      const next = nextIn(bytes, position);
      if (next === undefined || next.start >= limitBytes) break;
      parts.push(bytes.subarray(position, next.start), shown);
      position = next.end;
    }
    if (position < limitBytes) parts.push(bytes.subarray(position, limitBytes));
    return Buffer.concat(parts);
  }

  function nextIn(bytes: Buffer, from: number): { readonly start: number; readonly end: number } | undefined {
    const found = forms
      .map((form) => ({ start: bytes.indexOf(form, from), length: form.length }))
      .filter(({ start }) => start >= 0)
      .toSorted((left, right) => left.start - right.start || right.length - left.length)
      .at(0);
    return found === undefined ? undefined : { start: found.start, end: found.start + found.length };
  }

  return {
    overlapBytes: (forms[0]?.length ?? 1) - 1,
    redact,
    redactText: (text) => {
      const bytes = Buffer.from(text);
      return redact(bytes, bytes.length).toString();
    },
  };
}
