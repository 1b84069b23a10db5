import { FileError } from '../files/file-error';
import { fileMode, NotSimulated, type CommandContext } from './context';
import { wordsOf, type Expander } from './expand';
import type { ShellNode } from './grammar';

/** Where a command's output goes, or its input comes from. */
export interface Redirection {
  readonly kind: '<' | '>' | '>>';
  /** 1 or 2; of `&>` both. */
  readonly from: readonly number[];
  /** A file's path, or the other output of `2>&1`. */
  readonly target: string;
  readonly isOutput: boolean;
}

/** Reads redirections. The grammar takes words of the command that follow one for a part of it: these are given back. */
export async function readRedirections(
  expander: Expander,
  nodes: readonly ShellNode[],
): Promise<{ readonly redirections: readonly Redirection[]; readonly words: readonly string[] }> {
  const redirections: Redirection[] = [];
  const words: string[] = [];
  for (const node of nodes) {
    const [first, ...rest] = node.children;
    const [descriptor, [operator, target, ...more]] =
      first?.type === 'file_descriptor' ? [Number(first.text), rest] : [undefined, node.children];
    const targets = target === undefined ? [] : await wordsOf(expander, target);
    const read = redirection(descriptor, operator?.type ?? '', targets);
    if (read === undefined) throw new NotSimulated(`${node.text}: the redirection`);
    redirections.push(read);
    for (const word of more) words.push(...(await wordsOf(expander, word)));
  }
  return { redirections, words };
}

function redirection(
  descriptor: number | undefined,
  operator: string,
  [target, ...more]: readonly string[],
): Redirection | undefined {
  if (target === undefined || more.length > 0) return undefined;
  const from = descriptor ?? (operator === '<' ? 0 : 1);
  switch (operator) {
    case '<':
      return from === 0 ? { kind: '<', from: [0], target, isOutput: false } : undefined;
    case '>':
    case '>|':
    case '>>':
      return from === 1 || from === 2
        ? { kind: operator === '>>' ? '>>' : '>', from: [from], target, isOutput: false }
        : undefined;
    case '>&':
      return (from === 1 || from === 2) && (target === '1' || target === '2')
        ? { kind: '>', from: [from], target, isOutput: true }
        : undefined;
    case '&>':
      return { kind: '>', from: [1, 2], target, isOutput: false };
    default:
      return undefined;
  }
}

/** Does something with its input and its outputs where redirections lead; files are written at its end. */
export async function redirected(
  context: CommandContext,
  redirections: readonly Redirection[],
  line: number,
  work: (own: CommandContext) => Promise<number>,
): Promise<number> {
  let own = context;
  const files: OpenFile[] = [];
  for (const it of redirections) {
    try {
      own = applied(context, own, it, files);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      own.err(`bash: line ${line}: ${it.target}: ${error.message}\n`);
      return 1;
    }
  }
  try {
    return await work(own);
  } finally {
    for (const { path, before, chunks } of files) {
      context.files.write(path, Buffer.concat([before, ...chunks]), fileMode(context));
    }
  }
}

interface OpenFile {
  readonly path: string;
  readonly before: Buffer;
  readonly chunks: Buffer[];
}

function applied(
  { files: stored, ...context }: CommandContext,
  own: CommandContext,
  { kind, from, target, isOutput }: Redirection,
  files: OpenFile[],
): CommandContext {
  if (kind === '<') {
    const content = target === '/dev/null' ? Buffer.alloc(0) : stored.read(target);
    return { ...own, stdin: readOnce(() => Promise.resolve(content)) };
  }
  const write = isOutput ? (target === '1' ? own.out : own.err) : opened();
  return from.reduce((it, one) => ({ ...it, [one === 1 ? 'out' : 'err']: write }), own);

  /** `>` empties the file before the command runs, whatever becomes of it. */
  function opened(): (data: string | Buffer) => void {
    if (target === '/dev/null') return () => undefined;
    const before = kind === '>>' && stored.exists(target) ? stored.read(target) : Buffer.alloc(0);
    stored.write(target, before, fileMode({ ...context, files: stored }));
    const chunks: Buffer[] = [];
    files.push({ path: target, before, chunks });
    return (data) => chunks.push(Buffer.from(data));
  }
}

/** An input that is empty for those who come later. */
export function readOnce(read: () => Promise<Buffer>): () => Promise<Buffer> {
  let isRead = false;
  return () => {
    const content = isRead ? Promise.resolve(Buffer.alloc(0)) : read();
    isRead = true;
    return content;
  };
}
