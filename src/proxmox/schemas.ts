import { z } from 'zod';

/**
 * Building blocks for answers. Proxmox writes numbers as text where its server parsed them from text, and
 * flags as 0/1 in either form (behaviour: 1.7), so types are coerced; fields that are not named are ignored.
 */

/** A number, also written as text. */
export const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(?:\.\d+)?$/)
    .transform(Number),
]);

/** A text, also written as a number. */
export const textual = z.union([z.string(), z.number().transform(String)]);

/** A flag: 0/1, "0"/"1", a real boolean, or the empty text that Perl calls false. */
export const flag = z
  .union([z.boolean(), z.literal([0, 1, '0', '1', ''])])
  .transform((value) => value === true || value === 1 || value === '1');

/** A flag that counts as 0 where it is absent or null. */
export const flagOrNo = flag.nullish().transform((value) => value ?? false);

/** Makes a field optional; null counts as absent. */
export function maybe<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Tags as Proxmox keeps them: separated by `;`, `,` or blanks; a lone blank means none (observed: Config). */
export const tagList = maybe(z.string()).transform((text) =>
  (text ?? '').split(/[;,\s]+/).filter((tag) => tag !== ''),
);

/** The answer of calls without a result. */
export const nothing = z.unknown().transform(() => undefined);
