/** One form in which a part of the canary could stand somewhere. */
export interface Needle {
  /** For messages, e.g. `base64 at offset 1`. */
  readonly form: string;
  readonly bytes: Buffer;
}

/** Something that was written down, and its name for messages. */
export interface Evidence {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Where the canary was found. */
export interface Hit {
  readonly name: string;
  readonly forms: readonly string[];
}

/** Of one that is shorter the halves would be found everywhere. */
export const shortestSecret = 32;

/**
 * Every form that is searched for: raw, URL-encoded, and base64 at the three offsets at which it can begin
 * within three bytes. Searched are the halves of the canary, not the whole: a text may have been cut, and the
 * database splits a long value between two pages, but never in both halves at once.
 */
export function needlesOf(secret: string): Needle[] {
  if (secret.length < shortestSecret) throw new Error('half of it would be found everywhere');
  // A multiple of three, so that both halves have the same offset in base64.
  const middle = 3 * Math.floor(secret.length / 6);
  return eachOnce([secret.slice(0, middle), secret.slice(middle)].flatMap(formsOf));
}

function eachOnce(needles: readonly Needle[]): Needle[] {
  return needles.filter(
    ({ bytes }, index) => needles.findIndex((other) => other.bytes.equals(bytes)) === index,
  );
}

/** The same, with a name in each form that tells this secret from others. */
export function namedNeedles(name: string, secret: string): Needle[] {
  return needlesOf(secret).map(({ form, bytes }) => ({ form: `${name}: ${form}`, bytes }));
}

/** The same of a secret that is too short to be searched for in halves. */
export function wholeNeedles(name: string, secret: string): Needle[] {
  return eachOnce(formsOf(secret)).map(({ form, bytes }) => ({ form: `${name}: ${form}`, bytes }));
}

/** Names the forms in which the canary stands in the bytes; none: it does not. */
export function formsIn(bytes: Buffer, needles: readonly Needle[]): string[] {
  return finderOf(needles)(bytes);
}

/** At every so many bytes of a text it is looked whether a needle may be there. */
const strideBytes = 8;
const windowBytes = 4;
/** However a needle lies, it has a whole window at such a place. */
const shortestNeedle = strideBytes + windowBytes - 1;
const slotBits = 20;

/**
 * Names the forms in which needles stand in bytes, as formsIn does, in one pass: there are a thousand needles, and
 * hundreds of megabytes.
 */
export function finderOf(needles: readonly Needle[]): (bytes: Buffer) => string[] {
  const windows = new Map<number, { readonly needle: Needle; readonly at: number }[]>();
  const isTaken = new Uint8Array(1 << slotBits);
  for (const needle of needles) {
    if (needle.bytes.length < shortestNeedle) throw new Error(`${needle.form} is too short to be found`);
    for (let at = 0; at < strideBytes; at += 1) {
      const window = needle.bytes.readUInt32LE(at);
      isTaken[slotOf(window)] = 1;
      windows.set(window, [...(windows.get(window) ?? []), { needle, at }]);
    }
  }
  return (bytes) => {
    const found = new Set<Needle>();
    for (let place = 0; place + windowBytes <= bytes.length; place += strideBytes) {
      const window = bytes.readUInt32LE(place);
      if (isTaken[slotOf(window)] === 0) continue;
      for (const { needle, at } of windows.get(window) ?? [])
        if (standsAt(bytes, place - at, needle)) found.add(needle);
    }
    return [...new Set(needles.filter((needle) => found.has(needle)).map(({ form }) => form))];
  };
}

function slotOf(window: number): number {
  return Math.imul(window, 0x9e3779b1) >>> (32 - slotBits);
}

function standsAt(bytes: Buffer, start: number, needle: Needle): boolean {
  const end = start + needle.bytes.length;
  return start >= 0 && end <= bytes.length && bytes.compare(needle.bytes, 0, undefined, start, end) === 0;
}

/** Searches everything that is given, the names too. */
export function search(evidence: Iterable<Evidence>, needles: readonly Needle[]): Hit[] {
  const formsOfAll = finderOf(needles);
  const hits: Hit[] = [];
  for (const { name, bytes } of evidence) {
    const forms = [...new Set([...formsOfAll(Buffer.from(name)), ...formsOfAll(bytes)])];
    if (forms.length > 0) hits.push({ name, forms });
  }
  return hits;
}

function formsOf(text: string): Needle[] {
  const encoded = encodeURIComponent(text);
  const lowerCase = encoded.replaceAll(/%../g, (escape) => escape.toLowerCase());
  const form = new URLSearchParams({ '': text }).toString().slice(1);
  return [
    { form: 'raw', bytes: Buffer.from(text) },
    ...[encoded, lowerCase, form].map((it) => ({ form: 'URL-encoded', bytes: Buffer.from(it) })),
    ...[0, 1, 2].flatMap((offset) =>
      [base64At(text, offset), urlSafe(base64At(text, offset))].map((it) => ({
        form: `base64 at offset ${offset}`,
        bytes: Buffer.from(it),
      })),
    ),
  ];
}

/** The base64 digits that depend on the text alone, where it begins `offset` bytes after a multiple of three. */
function base64At(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const firstOwnDigit = Math.ceil((offset * 8) / 6);
  const ownDigits = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(firstOwnDigit, ownDigits);
}

/** The alphabet of base64url. */
function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}
