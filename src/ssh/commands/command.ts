import { join } from 'shlex';

/**
 * What to run on a host.
 * - `words`: a program and its arguments; they are quoted for the login shell here.
 * - `script`: a fixed text for `sh`; whatever varies goes into `args` ($1, $2, ...), never into the text.
 * Neither may hold a secret: it could be seen in the host's process list. Secrets go through standard input.
 */
export type Command =
  | { readonly words: readonly [string, ...string[]] }
  | { readonly script: string; readonly args?: readonly string[] };

/**
 * The line for the login shell of the host. A command without input reads from /dev/null instead of being sent the end
 * of its input: after that ssh2 sends no signals, and its own server takes none.
 */
export function commandLine(command: Command, hasInput: boolean): string {
  const line = join(wordsOf(command));
  return hasInput ? line : `${line} < /dev/null`;
}

/** For messages: the program with its arguments, or the first line of the script. At most 200 characters. */
export function commandName(command: Command): string {
  const text = 'words' in command ? join(command.words) : `sh script: ${firstLine(command.script)}`;
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}

/** All words of a command, as the host's process list shows them. */
export function wordsOf(command: Command): readonly string[] {
  return 'words' in command ? command.words : ['sh', '-c', command.script, 'sh', ...(command.args ?? [])];
}

function firstLine(script: string): string {
  return script.trim().split('\n', 1)[0] ?? '';
}
