import { FileError } from '../files/file-error';
import { builtins } from './builtins';
import { NotSimulated, ShellExit, type CommandContext, type Program } from './context';
import { exportedVariables, newShell } from './state';
import { isKnownProgram } from './known-programs';

const notFound = 127;

/** How the words of a command came about. */
export interface Origin {
  /** Variables that are set for it alone. */
  readonly assigned: ReadonlyMap<string, string>;
  readonly line: number;
  readonly runScript: (context: CommandContext, script: string) => Promise<number>;
}

/** Runs a program, a command of the shell itself, or another shell. */
export async function runWords(
  context: CommandContext,
  words: readonly string[],
  origin: Origin,
): Promise<number> {
  const [name = '', ...args] = words;
  switch (name) {
    case 'exec':
      if (args.length === 0) throw new NotSimulated('exec without a command');
      throw new ShellExit(await runWords(context, args, origin));
    case 'env':
      return runEnv(context, args, origin);
    case 'command':
      return runCommand(context, args, origin);
    case 'sh':
    case 'bash':
    case '/bin/sh':
    case '/bin/bash':
      return runShell(context, args, origin);
  }
  const program = builtins.get(name) ?? context.programs.get(bareName(name));
  if (program !== undefined) return runProgram(context, program, words);
  if (isKnownProgram(bareName(name))) throw new NotSimulated(name);
  context.err(
    name.includes('/')
      ? `bash: line ${origin.line}: ${name}: No such file or directory\n`
      : `bash: line ${origin.line}: ${name}: command not found\n`,
  );
  return notFound;
}

async function runProgram(
  context: CommandContext,
  program: Program,
  [name = '', ...args]: readonly string[],
): Promise<number> {
  try {
    return await program(context, args);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    context.err(`${name}: ${args.at(-1) ?? ''}: ${error.message}\n`);
    return name === 'grep' ? 2 : 1;
  }
}

function bareName(name: string): string {
  return name.replace(/^(\/usr)?\/s?bin\//, '');
}

async function runEnv(context: CommandContext, args: readonly string[], origin: Origin): Promise<number> {
  const start = args.findIndex((arg) => !/^[A-Za-z_]\w*=/.test(arg));
  const [program] = start < 0 ? [] : args.slice(start);
  if (program === undefined || program.startsWith('-')) throw new NotSimulated(`env ${args.join(' ')}`);
  const own = args.slice(0, start).map((arg): [string, string] => {
    const at = arg.indexOf('=');
    return [arg.slice(0, at), arg.slice(at + 1)];
  });
  return runWords(context, args.slice(start), {
    ...origin,
    assigned: new Map([...origin.assigned, ...own]),
  });
}

async function runCommand(context: CommandContext, args: readonly string[], origin: Origin): Promise<number> {
  const [option = '', name = ''] = args;
  if (option !== '-v') {
    if (option === '' || option.startsWith('-')) throw new NotSimulated(`command ${args.join(' ')}`);
    return runWords(context, args, origin);
  }
  if (builtins.has(name)) context.out(`${name}\n`);
  else if (context.programs.has(name)) context.out(`/usr/bin/${name}\n`);
  else if (isKnownProgram(name)) throw new NotSimulated(name);
  else return 1;
  return 0;
}

/** `sh -c SCRIPT NAME ARGUMENTS`, with `-e` and `-u`. */
async function runShell(context: CommandContext, args: readonly string[], origin: Origin): Promise<number> {
  const end = args.findIndex((arg) => /^-[eu]*c$/.test(arg));
  const options = args.slice(0, end + 1);
  const [script, ...given] = args.slice(end + 1);
  if (end < 0 || script === undefined || !options.every((option) => /^-[euc]+$/.test(option))) {
    throw new NotSimulated(`a shell without -c, or with other options: ${args.join(' ')}`);
  }
  const variables = new Map([...exportedVariables(context.shell), ...origin.assigned]);
  const shell = newShell(given.length === 0 ? ['bash'] : given, variables, context.shell.umask);
  const letters = options.join('');
  shell.errexit = letters.includes('e');
  shell.nounset = letters.includes('u');
  return origin.runScript({ ...context, shell }, script);
}
