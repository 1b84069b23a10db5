import { readFileSync } from 'node:fs';
import { Language, Parser, type Node } from 'web-tree-sitter';

/** A node of a script's syntax tree; `type` is a name of tree-sitter-bash, e.g. `command`, or the token itself. */
export interface ShellNode {
  readonly type: string;
  readonly isNamed: boolean;
  readonly text: string;
  /** Offsets in the script. */
  readonly start: number;
  readonly end: number;
  /** Counted from 1. */
  readonly line: number;
  readonly children: readonly ShellNode[];
}

/** Reads a script. Undefined: it can't be understood. */
export type ParseScript = (script: string) => ShellNode | undefined;

let loading: Promise<ParseScript> | undefined;

/** Loads the grammar of bash, once a process. */
export async function loadGrammar(): Promise<ParseScript> {
  loading ??= load();
  return loading;
}

async function load(): Promise<ParseScript> {
  await Parser.init({ wasmBinary: readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm')) });
  const grammar = await Language.load(
    readFileSync(require.resolve('tree-sitter-bash/tree-sitter-bash.wasm')),
  );
  return (script) => parse(script, grammar);
}

function parse(script: string, grammar: Language): ShellNode | undefined {
  const parser = new Parser();
  try {
    parser.setLanguage(grammar);
    const tree = parser.parse(script);
    if (tree === null) return undefined;
    try {
      return tree.rootNode.hasError ? undefined : plain(tree.rootNode);
    } finally {
      tree.delete();
    }
  } finally {
    parser.delete();
  }
}

function plain(node: Node): ShellNode {
  const { type, isNamed, text, startIndex: start, endIndex: end } = node;
  return {
    ...{ type, isNamed, text, start, end },
    line: node.startPosition.row + 1,
    children: node.children.map((child) => plain(child)),
  };
}
