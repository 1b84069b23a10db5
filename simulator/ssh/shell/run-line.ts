import { linksOf, type Link } from './chain';
import { NotSimulated, ShellExit, type CommandContext } from './context';
import { textOf, wordsOf, type Expander } from './expand';
import type { ShellNode } from './grammar';
import { assign } from './parameters';
import { readOnce, readRedirections, redirected } from './redirections';
import { runWords } from './run-words';
import { inSubshell, untilExit } from './state';
import { refuseUnknown } from './understood';

/**
 * Runs a line as root's bash would; gives the exit code. What is not simulated ends all of it with a message and 126,
 * and where its kind alone says so, before anything has run.
 */
export async function runLine(context: CommandContext, line: string): Promise<number> {
  try {
    return await runScript({ ...context, stdin: readOnce(context.stdin) }, line);
  } catch (error) {
    if (!(error instanceof NotSimulated)) throw error;
    context.err(`simulator: ${error.message} is not implemented\n`);
    return 126;
  }
}

/** Runs a script in the shell of the context, to its end or to `exit`. */
async function runScript(context: CommandContext, script: string): Promise<number> {
  const root = context.parse(script);
  if (root === undefined) throw new NotSimulated('the syntax of this script');
  refuseUnknown(root);
  return untilExit(runAll(context, root.children, false));
}

/** Commands one after the other. `isTested`: a failure of theirs is looked at, so that it does not end the shell. */
async function runAll(
  context: CommandContext,
  nodes: readonly ShellNode[],
  isTested: boolean,
): Promise<number> {
  let exitCode = 0;
  for (const node of nodes) {
    if (node.isNamed && node.type !== 'comment') exitCode = await runChain(context, node, isTested);
  }
  return exitCode;
}

/** What `&&` and `||` join. */
async function runChain(context: CommandContext, node: ShellNode, isTested: boolean): Promise<number> {
  const links = linksOf(node);
  let exitCode = 0;
  let before: Link['next'] = 'end';
  for (let at = 0; at < links.length;) {
    const end = links.findIndex(({ next }, index) => index >= at && next !== '|') + 1;
    const pipeline = links.slice(at, end);
    const after = pipeline.at(-1)?.next ?? 'end';
    at = end;
    const isRun = before === '&&' ? exitCode === 0 : before === '||' ? exitCode !== 0 : true;
    before = after;
    if (!isRun) continue;
    const isNegated = pipeline[0]?.isNegated === true;
    const isLookedAt = isTested || after !== 'end' || isNegated;
    exitCode = await runPipeline(context, pipeline, isLookedAt);
    if (isNegated) exitCode = exitCode === 0 ? 1 : 0;
    context.shell.exitCode = exitCode;
    if (exitCode !== 0 && context.shell.errexit && !isLookedAt) throw new ShellExit(exitCode);
  }
  return exitCode;
}

/** One after the other: each gets what the one before has written. */
async function runPipeline(
  context: CommandContext,
  pipeline: readonly Link[],
  isTested: boolean,
): Promise<number> {
  const [only, ...others] = pipeline;
  if (only !== undefined && others.length === 0) return runLink(context, only, isTested);
  if (others.some(({ isNegated }) => isNegated)) throw new NotSimulated('! after |');
  const exitCodes: number[] = [];
  let stdin = context.stdin;
  for (const [index, link] of pipeline.entries()) {
    const written: Buffer[] = [];
    const isLast = index === pipeline.length - 1;
    const out = isLast ? context.out : (data: string | Buffer) => written.push(Buffer.from(data));
    exitCodes.push(await inSubshell({ ...context, stdin, out }, async (own) => runLink(own, link, isTested)));
    stdin = readOnce(() => Promise.resolve(Buffer.concat(written)));
  }
  const failed = exitCodes.findLast((exitCode) => exitCode !== 0);
  return context.shell.pipefail ? (failed ?? 0) : (exitCodes.at(-1) ?? 0);
}

async function runLink(context: CommandContext, link: Link, isTested: boolean): Promise<number> {
  if (context.signal.aborted) throw new ShellExit(143);
  const { node } = link;
  const isSimple = ['command', 'test_command', 'declaration_command'].includes(node.type);
  if (isSimple || node.type.startsWith('variable_assignment')) return runSimple(context, link);
  const expander = { context, substitute };
  const { redirections, words } = await readRedirections(expander, link.redirections);
  if (words.length > 0) throw new NotSimulated('a word after the redirection of a compound command');
  return redirected(context, redirections, node.line, async (own) => runCompound(own, node, isTested));
}

async function runCompound(context: CommandContext, node: ShellNode, isTested: boolean): Promise<number> {
  switch (node.type) {
    case 'subshell':
      return inSubshell(context, async (own) => runAll(own, node.children, isTested));
    case 'compound_statement':
      if (node.children[0]?.type !== '{') throw new NotSimulated('((');
      return runAll(context, node.children, isTested);
    case 'if_statement':
      return runIf(context, node, isTested);
    case 'for_statement':
      return runFor(context, node, isTested);
    default:
      throw new NotSimulated(node.type.replaceAll('_', ' '));
  }
}

/** `if` and `elif`. */
async function runIf(context: CommandContext, { children }: ShellNode, isTested: boolean): Promise<number> {
  const then = children.findIndex(({ type }) => type === 'then');
  const clauses = children.filter(({ type }) => type === 'elif_clause' || type === 'else_clause');
  if ((await runAll(context, children.slice(0, then), true)) === 0) {
    return runAll(
      context,
      children.slice(then + 1).filter((child) => !clauses.includes(child)),
      isTested,
    );
  }
  for (const clause of clauses) {
    if (clause.type === 'else_clause') return runAll(context, clause.children, isTested);
    const at = clause.children.findIndex(({ type }) => type === 'then');
    if ((await runAll(context, clause.children.slice(0, at), true)) === 0) {
      return runAll(context, clause.children.slice(at + 1), isTested);
    }
  }
  return 0;
}

async function runFor(context: CommandContext, { children }: ShellNode, isTested: boolean): Promise<number> {
  const [keyword, name, preposition, ...rest] = children;
  const body = rest.find(({ type }) => type === 'do_group');
  if (keyword?.type !== 'for' || preposition?.type !== 'in' || name === undefined || body === undefined) {
    throw new NotSimulated('a loop of this kind');
  }
  const values: string[] = [];
  for (const node of rest.filter((it) => it.isNamed && it !== body && it.type !== 'comment')) {
    values.push(...(await wordsOf({ context, substitute }, node)));
  }
  let exitCode = 0;
  for (const value of values) {
    assign(context, name.text, value);
    exitCode = await runAll(context, body.children, isTested);
  }
  return exitCode;
}

/** A program with its arguments, or assignments alone. */
async function runSimple(context: CommandContext, { node, redirections }: Link): Promise<number> {
  // Without a program the exit code is that of the last `$(...)`.
  let exitCode = 0;
  const expander: Expander = {
    context,
    substitute: async (_, inner) => {
      const { text, exitCode: its } = await captured(context, inner);
      exitCode = its;
      return text;
    },
  };
  const { assignments, words: wordNodes, redirections: inner } = partsOf(node);
  const words: string[] = [];
  for (const word of wordNodes) words.push(...(await wordsOf(expander, word)));
  const read = await readRedirections(expander, [...inner, ...redirections]);
  const assigned = new Map<string, string>();
  for (const { name, value } of assignments) {
    const text = value === undefined ? '' : await textOf(expander, value);
    assigned.set(name, text);
    if (words.length === 0 || node.type === 'declaration_command') assign(context, name, text);
  }
  const isDeclaration = node.type === 'declaration_command';
  const all = [...words, ...read.words, ...(isDeclaration ? assigned.keys() : [])];
  return redirected(context, read.redirections, node.line, async (own) =>
    all.length === 0 ? exitCode : runWords(own, all, { assigned, line: node.line, runScript }),
  );
}

interface Parts {
  readonly assignments: readonly { readonly name: string; readonly value: ShellNode | undefined }[];
  readonly words: readonly ShellNode[];
  readonly redirections: readonly ShellNode[];
}

function partsOf(node: ShellNode): Parts {
  const parts = node.type === 'variable_assignment' ? [node] : node.children.flatMap(flatTest);
  const redirections = parts.filter(({ type }) => type === 'file_redirect');
  const assignments = parts.filter(({ type }) => type === 'variable_assignment');
  const words = parts.filter((part) => !redirections.includes(part) && !assignments.includes(part));
  refuseJoined(words);
  return { assignments: assignments.map(assignmentOf), words, redirections };
}

function assignmentOf({ text, children }: ShellNode): Parts['assignments'][number] {
  const [name, equals, value] = children;
  if (name?.type !== 'variable_name' || equals?.type !== '=') throw new NotSimulated(text);
  return { name: name.text, value };
}

/** The words of `[ ... ]`, which the grammar takes apart. */
function flatTest(node: ShellNode): readonly ShellNode[] {
  const isNested = node.type === 'unary_expression' || node.type === 'binary_expression';
  return isNested ? node.children.flatMap(flatTest) : [node];
}

/** Two words without a blank between them are something that the grammar and this shell do not understand alike: `$"a"`. */
function refuseJoined(words: readonly ShellNode[]): void {
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    const isBlank = /^\s/.test(word.text);
    if (before?.end === word.start && !isBlank) throw new NotSimulated(`${before.text}${word.text}`);
  }
}

async function substitute(context: CommandContext, node: ShellNode): Promise<string> {
  return (await captured(context, node)).text;
}

async function captured(
  context: CommandContext,
  node: ShellNode,
): Promise<{ readonly text: string; readonly exitCode: number }> {
  if (node.text.trim().startsWith('`') && node.text.includes('\\')) throw new NotSimulated(node.text);
  const written: Buffer[] = [];
  const out = (data: string | Buffer) => written.push(Buffer.from(data));
  const exitCode = await inSubshell({ ...context, out }, async (own) => {
    own.shell.errexit = false;
    return runAll(own, node.children, false);
  });
  context.shell.exitCode = exitCode;
  return { text: Buffer.concat(written).toString().replaceAll('\0', '').replace(/\n+$/, ''), exitCode };
}
