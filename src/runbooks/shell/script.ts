import type { Placeholder } from '../parse/placeholders';
import type { ShellNode, ShellParser, ShellTree } from './tree';
import { nodesOf } from './tree';

/** A script with its placeholders and what it means to a shell. */
export interface Script {
  /** As it is written in the runbook. */
  readonly text: string;
  readonly placeholders: readonly Placeholder[];
  readonly tree: ShellTree;
  /** All of them, those in substitutions and functions too. */
  readonly commands: readonly SimpleCommand[];
}

/** One word of a command. */
export interface Word {
  readonly node: ShellNode;
  /** What the shell makes of it, placeholders as they are written; absent where that is known only when it runs. */
  readonly literal?: string;
}

/** A command with its arguments. */
export interface SimpleCommand {
  readonly node: ShellNode;
  /** The name is the first one. */
  readonly words: readonly Word[];
}

/** Reads a script. Placeholders are words to it, whatever their braces would mean to a shell. */
export function readScript(text: string, placeholders: readonly Placeholder[], parser: ShellParser): Script {
  let [masked, position] = ['', 0];
  for (const { start, end } of placeholders) {
    masked += text.slice(position, start) + 'x'.repeat(end - start);
    position = end;
  }
  const tree = parser.parse(masked + text.slice(position));
  const commands = nodesOf(tree.root, 'command').map((node) => ({
    node,
    words: node.children
      .filter(({ type }) => !type.endsWith('_redirect') && type !== 'variable_assignment')
      .map((it) => wordOf(it.type === 'command_name' ? (it.children[0] ?? it) : it, text)),
  }));
  return { text, placeholders, tree, commands };
}

/** The names of the functions that a script defines. */
export function functionsOf({ tree, text }: Script): ReadonlySet<string> {
  const names = nodesOf(tree.root, 'function_definition').map(({ children }) =>
    children.find(({ type }) => type === 'word'),
  );
  return new Set(names.map((it) => (it === undefined ? '' : text.slice(it.start, it.end))));
}

function wordOf(node: ShellNode, text: string): Word {
  const literal = literalOf(node, text);
  return literal === undefined ? { node } : { node, literal };
}

function literalOf(node: ShellNode, text: string): string | undefined {
  const written = text.slice(node.start, node.end);
  switch (node.type) {
    case 'word':
    case 'number':
      return /[*?[~]/.test(written) ? undefined : written.replace(/\\(.)/gs, '$1');
    case 'raw_string':
      return written.slice(1, -1);
    case 'string':
      return node.children.every(({ type }) => type === 'string_content' || type === '"')
        ? written.slice(1, -1).replace(/\\(["\\$`])/g, '$1')
        : undefined;
    case 'concatenation':
      return joined(node.children.map((child) => literalOf(child, text)));
    default:
      return undefined;
  }
}

function joined(parts: readonly (string | undefined)[]): string | undefined {
  return parts.some((it) => it === undefined) ? undefined : parts.join('');
}
