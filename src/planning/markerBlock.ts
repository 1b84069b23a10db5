const opening = '```proxmox-manager';
const closing = '```';

/** Fence of a block with all that stands in it. */
const block = /^```proxmox-manager\s*?\n[\s\S]*?^```\s*?$/m;

/** The lines of a marker, in their order, each once: what a field is called, and the form of its value. */
export interface MarkerForm {
  readonly fields: Readonly<Record<string, RegExp>>;
  /** Fields that may be missing. */
  readonly optional?: readonly string[];
}

/**
 * A marker as the block of lines that stands in a description. Throws RangeError for a value that
 * {@link readMarkerBlock} would refuse.
 */
export function printMarkerBlock(
  { fields, optional = [] }: MarkerForm,
  given: Readonly<Partial<Record<string, string | number>>>,
): string {
  const lines = Object.entries(fields).flatMap(([field, form]) => {
    const value = given[field];
    if (value === undefined && optional.includes(field)) return [];
    const text = String(value);
    if (!form.test(text)) throw new RangeError(`the marker's ${field} can't be ${JSON.stringify(text)}`);
    return [`${field}: ${text}`];
  });
  return [opening, ...lines, closing].join('\n');
}

/**
 * The values of a description's marker by field; undefined where there is none, or one that is not exactly of the form
 * (whoever changed it by hand took it away). Text of people before and after it is allowed, a second block is not.
 */
export function readMarkerBlock(
  { fields, optional = [] }: MarkerForm,
  description: string | undefined,
): ReadonlyMap<string, string> | undefined {
  const lines = linesOf(description);
  if (lines === undefined) return undefined;
  const pairs = lines.map((line) => /^(\w+): (.+)$/.exec(line));
  const values = new Map(pairs.flatMap((it) => (it === null ? [] : [[it[1] ?? '', it[2] ?? ''] as const])));
  if (values.size !== lines.length) return undefined;
  const expected = Object.keys(fields).filter((field) => !optional.includes(field) || values.has(field));
  if (expected.join() !== [...values.keys()].join()) return undefined;
  const isRight = [...values].every(([field, value]) => fields[field]?.test(value) === true);
  return isRight ? values : undefined;
}

/** A description with a printed marker in the place of the block it had, else behind what people wrote. */
export function withMarkerBlock(description: string | undefined, printed: string): string {
  const text = (description ?? '').trimEnd();
  if (block.test(text)) return text.replace(block, () => printed);
  return [text, printed].filter((part) => part !== '').join('\n\n');
}

/** The lines between the fences of the only block. */
function linesOf(description: string | undefined): readonly string[] | undefined {
  const lines = (description ?? '').split('\n').map((line) => line.trimEnd());
  const begins = lines.flatMap((line, index) => (line === opening ? [index] : []));
  const [begin] = begins;
  if (begin === undefined || begins.length > 1) return undefined;
  const length = lines.slice(begin + 1).indexOf(closing);
  return length < 0 ? undefined : lines.slice(begin + 1, begin + 1 + length);
}
