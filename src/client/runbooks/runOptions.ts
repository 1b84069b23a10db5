import { InvalidArgumentError, type Command } from 'commander';
import { z } from 'zod';
import type { RunValue } from '../../domain/runbook/values';
import { collect } from '../commands/shared';

/** Adds what says how a runbook is filled in. */
export function withRunOptions(command: Command): Command {
  return command
    .option('--set <name=value>', 'a parameter (repeatable)', collectPair)
    .option('--node <node>', 'where SSH steps run that name no node')
    .option('--from-step <id>', 'begin at this step; what steps before it captured has to be known')
    .option(
      '--capture <name=value>',
      'what a step before --from-step captured (repeatable); else it is taken from the report of the newest run',
      collectPair,
    );
}

/** What {@link withRunOptions} adds. */
export const runOptions = z.object({
  set: z.array(z.string()).default([]),
  node: z.string().optional(),
  fromStep: z.string().optional(),
  capture: z.array(z.string()).default([]),
});

/** The options that say how a runbook is filled in. */
export type RunOptions = z.infer<typeof runOptions> & { readonly by: string };

/** `name=value` pairs as an object. */
export function pairs(written: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    written.map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

const json: z.ZodType<RunValue> = z.json();

/** A captured value as it was: JSON where it reads as such, else the text. */
export function captureOf(text: string): RunValue {
  try {
    return json.parse(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Gathers `name=value` pairs of an option that may be given several times, each name once. */
export function collectPair(value: string, before: readonly string[] = []): string[] {
  const at = value.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be name=value.');
  const name = value.slice(0, at + 1);
  if (before.some((pair) => pair.startsWith(name)))
    throw new InvalidArgumentError(`${value.slice(0, at)} is given twice.`);
  return collect(value, before);
}
