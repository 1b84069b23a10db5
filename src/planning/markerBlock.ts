const opening = '```proxmox-manager';
const closing = '```';

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

/**
 * A description with a printed marker in the place of the first block it had, else behind what people wrote. It is the
 * only one then: with two of them none would count. Of a block that nothing closes only the first line goes.
 */
export function withMarkerBlock(description: string | undefined, printed: string): string {
  const kept: string[] = [];
  let place: number | undefined;
  let rest = (description ?? '').trimEnd().split('\n');
  for (let at = rest.findIndex(isOpening); at >= 0; at = rest.findIndex(isOpening)) {
    kept.push(...rest.slice(0, at));
    place ??= kept.length;
    const length = rest.slice(at + 1).findIndex((line) => line.trimEnd() === closing);
    rest = rest.slice(at + 1 + (length + 1));
  }
  const lines = [...kept, ...rest];
  if (place !== undefined) return [...lines.slice(0, place), printed, ...lines.slice(place)].join('\n');
  return [lines.join('\n'), printed].filter((part) => part !== '').join('\n\n');
}

function isOpening(line: string): boolean {
  return line.trimEnd() === opening;
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
