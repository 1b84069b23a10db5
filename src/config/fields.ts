import { isIPv6 } from 'node:net';
import { z } from 'zod';
import type { VmidRange } from './clusterConfig';
import {
  durationMs,
  durationPattern,
  percentPattern,
  rateBytesPerSecond,
  ratePattern,
  shareOfPercent,
  sizeBytes,
  sizePattern,
} from './quantities';

/**
 * The kinds of values that the file holds. The error text of each says what is *expected*, never what was
 * found: problems are put together in schemaFindings.ts, which knows the place and may not show every value.
 */

/** A text of one line; `pattern` narrows it. */
export function text(expected: string, pattern = /^\S(.*\S)?$/) {
  return z.string({ error: expected }).regex(pattern, { error: expected });
}

/** The name of an entry of `pass`: no option, no absolute path, nothing above the store. */
export function passEntry(expected: string) {
  return text(expected, /^(?![-/\s])(?!.*\.\.)[^\n]*[^/\s]$/);
}

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(words: Words) {
  return z.enum(words, { error: `one of ${words.join(', ')}` });
}

/** true or false. */
export function yesOrNo() {
  return z.boolean({ error: 'true or false' });
}

/** A whole number within bounds, both allowed. */
export function whole(expected: string, minimum: number, maximum: number) {
  return z.int({ error: expected }).min(minimum, { error: expected }).max(maximum, { error: expected });
}

/** A TCP port. */
export function port() {
  return whole('a TCP port from 1 to 65535', 1, 65_535);
}

/** A TCP port, or 0 for any free one. */
export function portOrFree() {
  return whole('a TCP port from 1 to 65535, or 0 for any free one', 0, 65_535);
}

/** A duration above zero; milliseconds after parsing. */
export function duration() {
  return text('a duration such as 30s, 5m, 4h or 1d', durationPattern).transform(durationMs);
}

/** A data rate above zero; bytes a second after parsing. */
export function rate() {
  return text('a rate such as 10Gbit/s, 0.5GiB/s or 200MB/s', ratePattern).transform(rateBytesPerSecond);
}

/** A rate that Proxmox's `bwlimit` can express: whole KiB/s, so at least one. */
export function bandwidthLimit() {
  return rate().refine((bytes) => bytes >= 1024, { error: 'a rate of at least 1KiB/s' });
}

/** A size in whole units of `unitBytes`, from `least` to `most` of them; bytes after parsing. */
export function size(expected: string, unitBytes: number, least: number, most: number) {
  return text(expected, sizePattern)
    .transform(sizeBytes)
    .refine((bytes) => bytes % unitBytes === 0, { error: expected })
    .refine((bytes) => bytes >= least * unitBytes && bytes <= most * unitBytes, { error: expected });
}

/** A share above 0 up to 1. */
export function share() {
  const expected = 'a share above 0 up to 1, such as 90% or 0.9';
  const percent = text(expected, percentPattern).transform(shareOfPercent);
  const fraction = z.number().gt(0, { error: expected }).lte(1, { error: expected });
  return z.union([fraction, percent], { error: expected });
}

/** DNS name or IP address, without scheme, port or brackets. */
export function host() {
  const expected = 'a host name or IP address, without https:// and port';
  return text(expected, /^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/).refine(
    (it) => !it.includes(':') || isIPv6(it),
    { error: expected },
  );
}

/** sha256 of a certificate; `AA:BB:...` in upper case after parsing. */
export function fingerprint() {
  const pattern = /^([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$|^[0-9A-Fa-f]{64}$/;
  return text('the sha256 fingerprint of a certificate: 32 pairs of hexadecimal digits, AA:BB:...', pattern)
    .transform((it) => it.replaceAll(':', '').toUpperCase())
    .transform((digits) => digits.replace(/..(?!$)/g, '$&:'));
}

const rangePattern = /^(\d{3,9})-(\d{3,9})$/;

/** The two ends of `first-last`, if the text has that form. */
export function readVmidRange(text: string): VmidRange | undefined {
  const [, first, last] = rangePattern.exec(text) ?? [];
  return first === undefined || last === undefined ? undefined : { first: Number(first), last: Number(last) };
}

/** A range of VMIDs (Proxmox: 100 to 999999999), `first-last`. */
export function vmidRange() {
  const expected = 'a range first-last of VMIDs from 100 to 999999999, such as 100-999';
  return text(expected, rangePattern)
    .transform((it) => readVmidRange(it) ?? { first: 0, last: 0 })
    .refine((it) => it.first >= 100 && it.first <= it.last, { error: expected });
}

/** A group of keys. Unknown keys are problems. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: `a section with the keys ${Object.keys(shape).join(', ')}` });
}

/** A list with at least one entry. */
export function listOf<Entry extends z.core.$ZodType>(expected: string, entry: Entry) {
  return z.array(entry, { error: expected }).min(1, { error: expected });
}
