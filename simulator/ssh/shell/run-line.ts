import { quote } from 'shlex';
import { FileError } from '../files/file-error';
import type { CommandContext, Program } from './context';
import { splitLine, type SimpleCommand } from './split-line';

const notFound = 127;
const cannotWrite = 1;

/** Runs a line as root's shell would, as far as splitLine understands it, with `$(...)` anywhere; gives the exit code of the last command. */
export async function runLine(
  context: CommandContext,
  programs: ReadonlyMap<string, Program>,
  line: string,
): Promise<number> {
  const commands = splitLine(await substituted(context, programs, line));
  let exitCode = 0;
  for (let at = 0; at < commands.length; at += 1) {
    const before = commands[at - 1]?.next ?? ';';
    const pipeline: SimpleCommand[] = [];
    for (let command = commands[at]; command !== undefined; command = commands[at]) {
      pipeline.push(command);
      if (command.next !== '|') break;
      at += 1;
    }
    if ((before === '&&' && exitCode !== 0) || (before === '||' && exitCode === 0)) continue;
    exitCode = await runPipeline(context, programs, pipeline);
    const next = pipeline.at(-1)?.next;
    if (exitCode !== 0 && context.shell.stopAtFailure && next === ';') return exitCode;
  }
  return exitCode;
}

/** The line with every `$(...)` replaced by the output of what stands in it. */
async function substituted(
  context: CommandContext,
  programs: ReadonlyMap<string, Program>,
  line: string,
): Promise<string> {
  const found = findSubstitution(line);
  if (found === undefined) return line;
  const written: Buffer[] = [];
  await runLine(
    { ...context, out: (data) => written.push(Buffer.from(data)) },
    programs,
    line.slice(found.start + 2, found.end),
  );
  const output = Buffer.concat(written).toString().replace(/\n+$/, '');
  const rest = await substituted(context, programs, line.slice(found.end + 1));
  return line.slice(0, found.start) + output + rest;
}

/** The first `$(` that is neither in single quotes nor behind a backslash, and its closing bracket. */
function findSubstitution(line: string): { readonly start: number; readonly end: number } | undefined {
  let start = -1;
  let depth = 0;
  let isQuoted = false;
  let isDoubleQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '\\' && !isQuoted) at += 1;
    else if (character === "'" && !isDoubleQuoted) isQuoted = !isQuoted;
    else if (character === '"' && !isQuoted) isDoubleQuoted = !isDoubleQuoted;
    else if (isQuoted) continue;
    else if (line.startsWith('$(', at) && start < 0) {
      start = at;
      at += 1;
    } else if (start >= 0 && character === '(') depth += 1;
    else if (start >= 0 && character === ')') {
      if (depth === 0) return { start, end: at };
      depth -= 1;
    }
  }
  return undefined;
}

/** One after the other: each gets what the one before has written. */
async function runPipeline(
  context: CommandContext,
  programs: ReadonlyMap<string, Program>,
  pipeline: readonly SimpleCommand[],
): Promise<number> {
  let exitCode = 0;
  let input: Buffer | undefined;
  for (const [place, command] of pipeline.entries()) {
    const given = input;
    const written: Buffer[] = [];
    const isLast = place === pipeline.length - 1;
    exitCode = await runCommand(
      {
        ...context,
        stdin: given === undefined ? () => context.stdin() : () => Promise.resolve(given),
        out: isLast ? (data) => context.out(data) : (data) => written.push(Buffer.from(data)),
      },
      programs,
      command,
    );
    input = Buffer.concat(written);
  }
  return exitCode;
}

async function runCommand(
  context: CommandContext,
  programs: ReadonlyMap<string, Program>,
  { words, redirections }: SimpleCommand,
): Promise<number> {
  let own = context;
  const written: { readonly path: string; readonly append: boolean; readonly chunks: Buffer[] }[] = [];
  const toFile = (path: string, append: boolean): ((data: string | Buffer) => void) => {
    const chunks: Buffer[] = [];
    written.push({ path, append, chunks });
    return (data) => chunks.push(Buffer.from(data));
  };
  try {
    for (const { kind, target } of redirections) {
      if (kind === '<') {
        const content = target === '/dev/null' ? Buffer.alloc(0) : context.files.read(target);
        own = { ...own, stdin: () => Promise.resolve(content) };
      } else if (kind === 'stderr to stdout') own = { ...own, err: own.out };
      else if (kind === 'stdout to stderr') own = { ...own, out: own.err };
      else if (target === '/dev/null') {
        const nothing = (): void => undefined;
        own = kind === 'stderr to file' ? { ...own, err: nothing } : { ...own, out: nothing };
      } else if (kind === 'stderr to file') own = { ...own, err: toFile(target, false) };
      else own = { ...own, out: toFile(target, kind === '>>') };
    }
    for (const { path, append } of written) openForWriting(context, path, append);
  } catch (error) {
    return complain(context, redirections.at(-1)?.target ?? '', error);
  }
  const exitCode = await runWords(own, programs, words);
  for (const { path, append, chunks } of written) {
    const before = append && context.files.exists(path) ? [context.files.read(path)] : [];
    context.files.write(path, Buffer.concat([...before, ...chunks]), fileMode(context));
  }
  return exitCode;
}

/** `>` empties the file before the command runs, whatever becomes of it. */
function openForWriting(context: CommandContext, path: string, append: boolean): void {
  const before = append && context.files.exists(path) ? context.files.read(path) : Buffer.alloc(0);
  context.files.write(path, before, fileMode(context));
}

/** The mode that a new file gets. */
export function fileMode({ shell }: CommandContext): number {
  return 0o666 & ~shell.umask;
}

async function runWords(
  context: CommandContext,
  programs: ReadonlyMap<string, Program>,
  words: readonly string[],
): Promise<number> {
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word) && word !== 'exec' && word !== 'env');
  const [name, ...args] = start < 0 ? [] : words.slice(start);
  if (name === undefined) return 0;
  const shellOption = args.indexOf('-c');
  if (['sh', 'bash', '/bin/sh', '/bin/bash'].includes(name) && shellOption >= 0) {
    return runLine(
      context,
      programs,
      withArguments(args[shellOption + 1] ?? '', args.slice(shellOption + 2)),
    );
  }
  const program = programs.get(name.replace(/^(\/usr)?\/s?bin\//, ''));
  if (program !== undefined) return program(context, args);
  context.err(`bash: line 1: ${name}: command not found\n`);
  return notFound;
}

/** `$1`, `"$1"`, `"$@"` of a script for `sh -c`, outside of single quotes; the first argument is its name, `$0`. */
function withArguments(script: string, given: readonly string[]): string {
  let quoted = '';
  return script.replace(/\\.|"\$@"|['"]|\$(\d)/gs, (found: string, number: string | undefined) => {
    if (quoted === "'" && found !== "'") return found;
    if (found === '"$@"')
      return given
        .slice(1)
        .map((text) => quote(text))
        .join(' ');
    if (found === '"' || (found === "'" && quoted !== '"')) quoted = quoted === '' ? found : '';
    if (number === undefined) return found;
    const text = quote(given[Number(number)] ?? '');
    return quoted === '"' ? `"${text}"` : text;
  });
}

function complain(context: CommandContext, target: string, error: unknown): number {
  if (!(error instanceof FileError)) throw error;
  context.err(`bash: line 1: ${target}: ${error.message}\n`);
  return cannotWrite;
}
