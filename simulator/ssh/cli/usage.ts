/** One command of a command line tool, as its usage shows it. */
export interface CommandUsage {
  /** E.g. `user token add`. */
  readonly name: string;
  /** The whole line without the tool's name: `user token add <userid> <tokenid> [OPTIONS] [FORMAT_OPTIONS]`. */
  readonly line: string;
  /** Names of the fixed parameters, in order. */
  readonly positional: readonly string[];
  /** How many of them must be given. */
  readonly required: number;
}

/** The commands of a tool, in groups as its usage shows them. */
export interface ToolUsage {
  readonly tool: string;
  readonly groups: readonly (readonly CommandUsage[])[];
}

/** Reads usage lines; an empty one separates groups. */
export function readUsage(tool: string, text: string): ToolUsage {
  const groups = text
    .replace(/^\n+|\n+$/g, '')
    .split(/\n\s*\n/)
    .map((group) => group.split('\n').map((line) => readLine(line)));
  return { tool, groups };
}

function readLine(line: string): CommandUsage {
  const words = line.trim().split(/\s+/);
  const firstArgument = words.findIndex((word) => /^[<[-]/.test(word));
  const name = words.slice(0, firstArgument < 0 ? undefined : firstArgument).join(' ');
  const end = words.findIndex((word) => word.startsWith('--') || /^\[(FORMAT_)?OPTIONS\]$/.test(word));
  const fixed = words
    .slice(firstArgument < 0 ? words.length : firstArgument, end < 0 ? undefined : end)
    .filter((word) => /[<]/.test(word));
  return {
    name,
    line,
    positional: fixed.map((word) => word.replace(/[<>[\]]/g, '')),
    required: fixed.filter((word) => !word.startsWith('[')).length,
  };
}

/** The command that the words begin with, and the words after its name. */
export function findCommand(
  { groups }: ToolUsage,
  words: readonly string[],
  aliases: Readonly<Record<string, string>>,
): { readonly command: CommandUsage; readonly rest: readonly string[] } | undefined {
  const all = groups.flat();
  for (let length = Math.min(words.length, 4); length > 0; length -= 1) {
    const given = words.slice(0, length).join(' ');
    const name = aliases[given] ?? given;
    const command = all.find((one) => one.name === name);
    if (command !== undefined) return { command, rest: words.slice(length) };
  }
  return undefined;
}

/** What a tool says when no command fits. */
export function usageComplaint({ tool, groups }: ToolUsage, complaint: string): string {
  const blocks = groups.map((group) => group.map(({ line }) => `       ${tool} ${line}\n`).join(''));
  return `ERROR: ${complaint}\nUSAGE: ${tool} <COMMAND> [ARGS] [OPTIONS]\n\n${blocks.join('\n')}`;
}
