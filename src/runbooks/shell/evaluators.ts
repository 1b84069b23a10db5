import type { Placeholder } from '../parse/placeholders';
import { invocationOf } from './programs';
import { type Script, type SimpleCommand } from './script';
import { nodesOf, type ShellNode } from './tree';
import { unsafe, type Unsafe } from './unsafe';

/** Programs that take text for a script of a shell, wherever they stand in a command. */
const shells = new Set(
  'at bash batch crontab csh dash doas eval fish flock ksh parallel rsh runuser screen script sh source ssh su tclsh tmux watch zsh'.split(
    ' ',
  ),
);
/** Builtins that evaluate names or values that they are given. */
const evaluating = new Set(
  '. alias eval let mapfile printf read readarray source test trap typeset unset'.split(' '),
);
/** Programs whose first text is a program of their own language. */
const interpreters = /^(awk|gawk|mawk|sed|perl|python[\d.]*|ruby|node|php|lua)$/;

const elsewhere = 'write the commands into this block, and use {on=...} instead of ssh';

/**
 * A command of the script that would take values for shell text: one that is told so here, or that reads what other
 * commands of the script write.
 */
export function evaluatorIn(script: Script, around: readonly ShellNode[]): Unsafe | undefined {
  const own = around.findLast(({ type }) => type === 'command');
  for (const command of script.commands) {
    const name = invocationOf(command).name;
    if (
      command.node === own &&
      name !== undefined &&
      evaluating.has(name) &&
      isUnsafeBuiltin(script, command, name)
    ) {
      return unsafe(`is given to ${name}, which evaluates it`, elsewhere);
    }
    const shell = command.words.find(
      ({ literal }) => literal !== undefined && shells.has(literal.replace(/^.*\//, '')),
    );
    if (shell !== undefined && takesText(script, command)) {
      return unsafe(`could get into what ${shell.literal ?? ''} runs as a script`, elsewhere);
    }
  }
  return undefined;
}

/** A text for awk, sed, perl and the like that a value would become a part of. */
export function programTextIn(
  script: Script,
  around: readonly ShellNode[],
  placeholder: Placeholder,
): Unsafe | undefined {
  const node = around.findLast(({ type }) => type === 'command');
  const command = script.commands.find((it) => it.node === node);
  if (command === undefined) return undefined;
  const { name = '', arguments: words } = invocationOf(command);
  if (!interpreters.test(name)) return undefined;
  const index = words.findIndex((it) => it.node.start <= placeholder.start && placeholder.end <= it.node.end);
  const word = words[index];
  if (word === undefined) return undefined;
  const isWhole = word.node.start === placeholder.start && word.node.end === placeholder.end;
  const before = words[index - 1]?.literal;
  const isOperand = isWhole && before !== undefined && !before.startsWith('-');
  const isVariable = /^[A-Za-z_]\w*=/.test(script.text.slice(word.node.start, word.node.end));
  return isOperand || isVariable
    ? undefined
    : unsafe(`becomes part of a program for ${name}`, `give it to ${name} as a file name or variable`);
}

/** Of `test` and `printf` only -v evaluates. */
function isUnsafeBuiltin(script: Script, { node }: SimpleCommand, name: string): boolean {
  const written = script.text.slice(node.start, node.end);
  if (name === 'printf') return /\s-v/.test(written);
  return name !== 'test' || /\s-[vR]\s/.test(written);
}

/** Unless all that a shell gets is written in the runbook, and nothing is piped or redirected into it. */
function takesText(script: Script, { node, words }: SimpleCommand): boolean {
  const isFixed = words.every(
    ({ literal, node: word }) =>
      literal !== undefined &&
      script.placeholders.every(({ start }) => start < word.start || start >= word.end),
  );
  if (!isFixed || node.children.some(({ type }) => type.endsWith('_redirect'))) return true;
  const feeding = nodesOf(script.tree.root, 'pipeline', 'redirected_statement', 'heredoc_redirect');
  return feeding.some((it) => it.start <= node.start && node.end <= it.end);
}
