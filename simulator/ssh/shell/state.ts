import { ShellExit, type CommandContext, type ShellState } from './context';

/** What sshd gives root's shell. */
const environment = {
  HOME: '/root',
  LOGNAME: 'root',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  PWD: '/root',
  SHELL: '/bin/bash',
  USER: 'root',
};

/** A shell that has just begun; `given` are `$0`, `$1` and so on. */
export function newShell(
  given: readonly string[],
  variables: ReadonlyMap<string, string> = new Map(Object.entries(environment)),
  umask = 0o022,
): ShellState {
  return {
    ...{ umask, errexit: false, nounset: false, pipefail: false, exitCode: 0, given },
    variables: new Map(variables),
    exported: new Set(variables.keys()),
  };
}

/** The variables that programs get. */
export function exportedVariables({ variables, exported }: ShellState): Map<string, string> {
  return new Map([...variables].filter(([name]) => exported.has(name)));
}

/** Does something in a shell of its own that begins as this one is; gives the exit code. */
export async function inSubshell(
  context: CommandContext,
  work: (own: CommandContext) => Promise<number>,
): Promise<number> {
  const { shell } = context;
  const copy = { variables: new Map(shell.variables), exported: new Set(shell.exported) };
  return untilExit(work({ ...context, shell: { ...shell, ...copy } }));
}

/** The exit code of a shell that may be ended before its end. */
export async function untilExit(work: Promise<number>): Promise<number> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ShellExit) return error.exitCode;
    throw error;
  }
}
