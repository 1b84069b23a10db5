import { ManagerError, problem } from '../domain/errors';
import { textOf, type RunValue } from '../domain/runbook/values';
import type { FrontMatter } from './frontMatter/schema';

type WrittenSource = NonNullable<FrontMatter['source']>;

/**
 * The `source:` of a runbook with its parameters put in. Throws ManagerError `InputInvalid` where a checksum is none
 * then; addresses are looked at by whoever fetches them.
 */
export function filledSource(
  source: WrittenSource,
  values: Readonly<Record<string, RunValue>>,
): WrittenSource {
  const filled = { ...source };
  for (const key of ['url', 'checksum', 'checksums', 'signature', 'key', 'schematic'] as const) {
    const written = source[key];
    if (written !== undefined) filled[key] = put(written, values);
  }
  const { checksum } = filled;
  if (checksum === undefined || /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/i.test(checksum)) return filled;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: 'fill in the source of a template',
      failed: `its checksum is ${JSON.stringify(checksum.slice(0, 140))}`,
      remedy: 'Write sha256: with 64 or sha512: with 128 hexadecimal digits.',
    }),
  );
}

/** A name that is no parameter stays as it is written. */
function put(text: string, values: Readonly<Record<string, RunValue>>): string {
  return text.replaceAll(/\{\{\s*([a-z]\w*)\s*\}\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? whole : textOf(value);
  });
}
