import { z } from 'zod';
import type { UrlFacts, UrlFailure } from '../web/url-facts';
import { checksumAlgorithms } from '../web/digests';
import { size } from './values';

const failure = z.templateLiteral([z.number(), ' ', z.string()]);

/** What is behind a URL. */
export const urlSchema = z.strictObject({
  url: z.string().regex(/^https?:\/\//, 'a URL'),
  answer: z
    .union([
      z.enum(['file', 'connection refused', 'name not resolved', 'certificate not trusted']),
      failure.describe('Status and reason, e.g. `404 Not Found`.'),
    ])
    .default('file'),
  size: size.default(0),
  mime: z.string().default('application/octet-stream'),
  image: z.enum(['qcow2', 'vmdk', 'raw']).default('raw').describe('What the bytes are.'),
  virtual_size: size
    .optional()
    .describe('Size of the disk inside of an image; as large as the file by default.'),
  disks: z.array(size).default([]).describe('Sizes of the disks in an OVA: disk1.vmdk, disk2.vmdk, ...'),
  checksums: z
    .partialRecord(z.enum(checksumAlgorithms), z.string())
    .default({})
    .describe('In hexadecimal; what is not given is made up of the URL.'),
  rate: size.optional().describe('Bytes per second; as fast as the node can by default.'),
  breaks_off_at: size.optional().describe('The connection ends there, each time.'),
  damaged: z.boolean().default(false).describe('The image can be opened, and not be read to its end.'),
  agent: z.boolean().default(false).describe('A guest agent is installed in it.'),
  boot_seconds: z
    .number()
    .nonnegative()
    .nullable()
    .optional()
    .describe('From power on until all in it runs; null: never. As the timings say by default.'),
});

/** The facts that a scenario tells about a URL. */
export function urlFactsOf(entry: z.output<typeof urlSchema>): UrlFacts {
  const tellsInside = entry.agent || entry.boot_seconds !== undefined;
  return {
    url: entry.url,
    answer: entry.answer satisfies UrlFailure | 'file',
    sizeBytes: entry.size,
    mimeType: entry.mime,
    image: { format: entry.image, virtualSizeBytes: entry.virtual_size ?? entry.size },
    checksums: Object.fromEntries(
      Object.entries(entry.checksums).map(([name, sum]) => [name, sum.toLowerCase()]),
    ),
    bytesPerSecond: entry.rate,
    breaksOffAtBytes: entry.breaks_off_at,
    damaged: entry.damaged,
    diskBytes: entry.disks,
    inside: tellsInside
      ? {
          agent: entry.agent,
          bootSeconds: entry.boot_seconds === null ? 'never' : entry.boot_seconds,
          machineId: undefined,
          hostKey: undefined,
        }
      : undefined,
  };
}
