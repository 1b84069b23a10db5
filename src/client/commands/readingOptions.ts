import { closest } from 'fastest-levenshtein';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { z } from 'zod';
import type { RowFilter } from '../../domain/readRequest';
import type { SortKeys } from '../reading/sorting';

/** An option of a reading that may be given more than once: any of its values fits. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser(
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
}

/** As {@link repeatable}, but one of these values only; the error names the nearest. */
export function repeatableChoice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, `${description} (repeatable)`)
    .choices(values)
    .argParser((value: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      oneOf(values, value),
    ]);
}

/** Adds how the rows are sorted. */
export function withSorting<Row>(command: Command, keys: SortKeys<Row>, standard: string): Command {
  const names = Object.keys(keys);
  return command
    .addOption(
      new Option('--sort <key>', 'figures the largest first')
        .choices(names)
        .default(standard)
        .argParser((value: string) => oneOf(names, value)),
    )
    .option('--reverse', 'the other way round');
}

/** Adds `--watch`. */
export function withWatch(command: Command): Command {
  return command.addOption(
    new Option(
      '--watch [seconds]',
      'read again and again until Ctrl-C (default: every 5 s, through a worker every 30 s); with --json one line each',
    ).argParser(seconds),
  );
}

/** What {@link withSorting} and {@link withWatch} add. */
export const readingOptions = z.object({
  sort: z.string().default(''),
  reverse: z.boolean().default(false),
  watch: z.union([z.boolean(), z.number()]).optional(),
});

/** What every list of rows takes. */
export const rowFilterOptions = readingOptions.extend({
  node: z.array(z.string()).default([]),
  name: z.array(z.string()).default([]),
  status: z.array(z.string()).default([]),
});

/** The filter that the options describe. */
export function rowFilterOf({ node, name, status }: z.infer<typeof rowFilterOptions>): RowFilter {
  return { nodes: node, names: name, statuses: status };
}

/** One of these values. Throws, with the nearest one, for another. */
export function oneOf(values: readonly string[], value: string): string {
  if (values.includes(value)) return value;
  throw new InvalidArgumentError(
    `Did you mean ${closest(value, values)}? It is one of ${values.join(', ')}.`,
  );
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number of seconds from 1.');
  return value;
}
