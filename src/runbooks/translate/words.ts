import type { SimpleCommand } from '../shell/script';

/** Options that are on where they stand alone. */
const flags = new Set(
  'current destroy-unreferenced-disks dryrun force forceStop full human-readable noborder noheader noproxy online overrule-shutdown purge quiet start todisk unique verbose vmstate with-local-disks'.split(
    ' ',
  ),
);

/** The arguments of one of Proxmox's commands. */
export interface CommandArguments {
  readonly positional: readonly string[];
  /** In their order; a flag without a value is `1`. */
  readonly options: readonly (readonly [name: string, value: string])[];
}

/**
 * The words of a command, told apart as Proxmox's command line tools do: `--name value`, `-name value`, `--name=value`,
 * a flag alone, or with 0 or 1. Undefined where a word is known only when the command runs.
 */
export function argumentsOf({ words }: SimpleCommand): CommandArguments | undefined {
  const texts = words.slice(1).map(({ literal }) => literal);
  const positional: string[] = [];
  const options: (readonly [string, string])[] = [];
  for (let index = 0; index < texts.length; index += 1) {
    const text = texts[index];
    if (text === undefined) return undefined;
    const [, name, value] = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(text) ?? [];
    if (name === undefined) {
      positional.push(text);
      continue;
    }
    const next = texts[index + 1];
    if (value === undefined && index + 1 < texts.length && next === undefined) return undefined;
    const isTaken = value === undefined && next !== undefined && isValue(name, next);
    options.push([name, value ?? (isTaken ? next : '1')]);
    if (isTaken) index += 1;
  }
  return { positional, options };
}

function isValue(name: string, next: string): boolean {
  return flags.has(name) ? next === '0' || next === '1' : !/^--?[A-Za-z]/.test(next);
}
