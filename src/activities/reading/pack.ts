import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { ManagerError, problem } from '../../domain/errors';
import type { PackedReading, Readings, View } from '../../domain/readRequest';

/** Up to here a reading stays readable in the Web UI. */
const plainBytesAtMost = 128 * 1024;

/** Temporal refuses payloads above 2 MB; the envelope needs a little itself. */
const packedBytesAtMost = 1_900_000;

/** What unpacking may grow to: more than any cluster has, and no way to fill the memory. */
const unpackedBytesAtMost = 256 * 1024 ** 2;

/**
 * Makes a reading fit for a history: as it is where it is small, else compressed (10,000 guests: about 3 MB, then 0.3).
 * Throws InputInvalid where even that is too large for a payload.
 */
export async function packReading(reading: Readings[View]): Promise<PackedReading> {
  const json = JSON.stringify(reading);
  if (Buffer.byteLength(json) <= plainBytesAtMost) return { encoding: 'plain', reading };
  const data = (await promisify(gzip)(json)).toString('base64');
  if (data.length <= packedBytesAtMost) return { encoding: 'gzip', data };
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: `read ${reading.cluster} through a worker`,
      failed: 'the answer is too large to pass through Temporal',
      remedy: 'Ask for less (--node, --tag, --name, --status), or run pxm where the credentials are.',
    }),
  );
}

/** The reading as JSON value, not looked at yet. */
export async function unpackReading(packed: PackedReading): Promise<unknown> {
  if (packed.encoding === 'plain') return packed.reading;
  const json = await promisify(gunzip)(Buffer.from(packed.data, 'base64'), {
    maxOutputLength: unpackedBytesAtMost,
  });
  return JSON.parse(json.toString('utf8'));
}
