import { ManagerError, problem } from '../domain/errors';
import { textOf, type RunValue } from '../domain/runbook/values';
import type { FrontMatter } from './frontMatter/schema';

type WrittenSource = NonNullable<FrontMatter['source']>;
type Values = Readonly<Record<string, RunValue>>;

/** A `source:` in which no parameters stand any more. */
export interface FilledSource extends Omit<WrittenSource, 'vmid'> {
  readonly vmid?: number;
}

/**
 * The `source:` of a runbook with its parameters put in. Throws ManagerError `InputInvalid` where a checksum or a VMID
 * is none then; addresses are looked at by whoever fetches them.
 */
export function filledSource(source: WrittenSource, values: Values): FilledSource {
  const { vmid, ...rest } = source;
  const filled = { ...rest };
  for (const key of ['url', 'checksum', 'checksums', 'signature', 'key', 'schematic'] as const) {
    const written = rest[key];
    if (written !== undefined) filled[key] = put(written, values);
  }
  const { checksum } = filled;
  if (checksum !== undefined && !/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/i.test(checksum)) {
    throw wrong('checksum', checksum, 'Write sha256: with 64 or sha512: with 128 hexadecimal digits.');
  }
  return vmid === undefined ? filled : { ...filled, vmid: sourceVmid(vmid, values) };
}

/** The VMID of a `source:`, its parameter put in. Throws ManagerError `InputInvalid` where that is none. */
export function sourceVmid(written: number | string, values: Values): number {
  const text = typeof written === 'string' ? put(written, values) : String(written);
  if (/^[1-9]\d{2,8}$/.test(text)) return Number(text);
  throw wrong('vmid', text, 'Give the VMID of the virtual machine, from 100 on.');
}

/** A name that is no parameter stays as it is written. */
function put(text: string, values: Values): string {
  return text.replaceAll(/\{\{\s*([a-z]\w*)\s*\}\}/g, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? whole : textOf(value);
  });
}

function wrong(key: string, text: string, remedy: string): ManagerError {
  return new ManagerError(
    problem('InputInvalid', {
      attempted: 'fill in the source of a template',
      failed: `its ${key} is ${JSON.stringify(text.slice(0, 140))}`,
      remedy,
    }),
  );
}
