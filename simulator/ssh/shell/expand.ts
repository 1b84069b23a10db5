import { NotSimulated, type CommandContext } from './context';
import { Fields } from './fields';
import type { ShellNode } from './grammar';
import { parameterOf } from './parameters';

/** Runs what stands in `$(...)`; gives its output without the line ends at its end. */
export type Substitute = (context: CommandContext, node: ShellNode) => Promise<string>;

/** Expands the words of scripts. */
export interface Expander {
  readonly context: CommandContext;
  readonly substitute: Substitute;
}

interface Place {
  /** Values may be parted into words, and patterns would be looked for. */
  readonly parts: boolean;
  readonly quoted: boolean;
  /** A `~` here is root's home. */
  readonly isStart: boolean;
}

const literals: readonly string[] = [
  'word',
  'number',
  'variable_name',
  'test_operator',
  'extglob_pattern',
  'regex',
];
const expansions: readonly string[] = ['simple_expansion', 'expansion', 'command_substitution'];
/** What the shell would make other words of: names of files, `{a,b}`. */
const pattern = /[*?]|\[.*\]|\{[^}]*(,|\.\.)/s;

/** The words that one word of a script becomes. */
export async function wordsOf(expander: Expander, node: ShellNode): Promise<readonly string[]> {
  const fields = new Fields();
  await add(expander, node, fields, { parts: true, quoted: false, isStart: true });
  return fields.words();
}

/** The text that the value of an assignment becomes. */
export async function textOf(expander: Expander, node: ShellNode): Promise<string> {
  const fields = new Fields();
  await add(expander, node, fields, { parts: false, quoted: false, isStart: true });
  return fields.words().join(' ');
}

async function add(expander: Expander, node: ShellNode, fields: Fields, place: Place): Promise<void> {
  const { type, children } = node;
  const text = node.text.trimStart();
  if (literals.includes(type)) addLiteral(text, fields, place);
  else if (type === 'raw_string') fields.add(text.slice(1, -1));
  else if (type === 'string') await addString(expander, node, fields, place);
  else if (expansions.includes(type)) await addValue(expander, node, fields, place);
  else if (type === 'command_name') for (const child of children) await add(expander, child, fields, place);
  else if (type === 'concatenation') {
    refusePattern(children.map((it) => (literals.includes(it.type) ? it.text : 'x')).join(''), place);
    for (const [index, child] of children.entries()) {
      await add(expander, child, fields, { ...place, isStart: index === 0 });
    }
  } else if (node.isNamed) throw new NotSimulated(node.text);
  else fields.add(text);
}

function refusePattern(text: string, { parts }: Place): void {
  if (parts && pattern.test(text.replace(/\\./gs, ''))) {
    throw new NotSimulated(`${text}: looking for names of files`);
  }
}

function addLiteral(text: string, fields: Fields, place: Place): void {
  refusePattern(text, place);
  const isHome = place.isStart && text.startsWith('~');
  if (isHome && !/^~($|\/)/.test(text)) throw new NotSimulated(text);
  const plain = text.replace(/\\([\s\S])/g, (_, it: string) => (it === '\n' ? '' : it));
  fields.add(isHome ? `/root${plain.slice(1)}` : plain);
}

/** What is in double quotes. The grammar counts blanks before an expansion as a part of it, and leaves out line ends. */
async function addString(expander: Expander, node: ShellNode, fields: Fields, place: Place): Promise<void> {
  const offset = node.start;
  if (!/^\s*"\$(@|\{@\})"$/.test(node.text)) fields.add('');
  let at = node.text.length - node.text.trimStart().length + 1;
  const addText = (end: number): void => {
    const text = node.text.slice(at, end);
    if (text !== '') fields.add(text.replace(/\\([$`"\\\n])/g, (_, it: string) => (it === '\n' ? '' : it)));
  };
  for (const child of node.children.filter((it) => it.isNamed && it.type !== 'string_content')) {
    const blanks = child.text.length - child.text.trimStart().length;
    addText(child.start - offset + blanks);
    await add(expander, child, fields, { ...place, quoted: true });
    at = child.end - offset;
  }
  addText(node.text.length - 1);
}

async function addValue(expander: Expander, node: ShellNode, fields: Fields, place: Place): Promise<void> {
  const { context, substitute } = expander;
  const value =
    node.type === 'command_substitution'
      ? await substitute(context, node)
      : parameterOf(context, node.text.trim());
  const values = typeof value === 'string' ? [value] : value;
  if (place.quoted || !place.parts) {
    const isJoined = !place.parts || /^\$\{?\*/.test(node.text.trim());
    if (isJoined) fields.add(values.join(' '));
    else for (const [index, it] of values.entries()) addWord(fields, it, index > 0);
    return;
  }
  for (const [index, it] of values.entries()) {
    refusePattern(it.replace(/[{}]/g, ''), place);
    if (index > 0) fields.endWord();
    fields.addParted(it);
  }
}

function addWord(fields: Fields, word: string, isAnother: boolean): void {
  if (isAnother) fields.endWord();
  fields.add(word);
}
