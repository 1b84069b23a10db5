import { z } from 'zod';
import { parseSize } from '../cluster/sizes';

/** Bytes: a number, or a text such as `64G`, `1.5T`, `100M`. */
export const size = z
  .union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?[KMGT]?$/, 'a size such as 64G')])
  .transform((value) => (typeof value === 'number' ? value : (parseSize(value) ?? 0)))
  .describe('Bytes, as a number or with K, M, G or T (powers of 1024).');

/** A value of a Proxmox configuration: written as Proxmox writes it, `true` as 1. */
const configValue = z
  .union([z.string(), z.number(), z.boolean()])
  .transform((value) => (typeof value === 'boolean' ? (value ? '1' : '0') : String(value)));

/** A section of a Proxmox configuration file. */
export const configSection = z.record(z.string(), configValue);
