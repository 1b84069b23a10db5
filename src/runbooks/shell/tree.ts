import { readFileSync } from 'node:fs';
import { Language, Parser, type Node } from 'web-tree-sitter';

/** One node of a script's syntax tree. */
export interface ShellNode {
  /** Names of tree-sitter-bash, e.g. `command`, `raw_string`. */
  readonly type: string;
  /** Offsets in the script. */
  readonly start: number;
  readonly end: number;
  readonly children: readonly ShellNode[];
}

/** A parsed script. */
export interface ShellTree {
  readonly root: ShellNode;
  /** Where it can't be understood. */
  readonly faultAt?: number;
}

/** Understands scripts for bash. */
export interface ShellParser {
  parse(script: string): ShellTree;
}

/** Deeper nesting is nobody's script, and would fill the stack. */
const deepest = 150;
/** A script of the largest runbook takes some ten milliseconds, by the clock many times that where the machine is busy. */
const longestParseMs = 2000;

let loading: Promise<Language> | undefined;

/** Loads the grammar, once in a process: it takes longer than most scripts. Parsing itself is synchronous. */
export async function openShellParser(): Promise<ShellParser> {
  loading ??= loadGrammar();
  const grammar = await loading;
  return { parse: (script) => parse(script, grammar) };
}

async function loadGrammar(): Promise<Language> {
  await Parser.init({ wasmBinary: readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm')) });
  return Language.load(readFileSync(require.resolve('tree-sitter-bash/tree-sitter-bash.wasm')));
}

function parse(script: string, grammar: Language): ShellTree {
  const parser = new Parser();
  try {
    parser.setLanguage(grammar);
    const deadline = performance.now() + longestParseMs;
    const tree = parser.parse(script, null, { progressCallback: () => performance.now() > deadline });
    if (tree === null) return unreadable(script);
    try {
      return plainTree(tree.rootNode, script);
    } finally {
      tree.delete();
    }
  } finally {
    parser.delete();
  }
}

function plainTree(root: Node, script: string): ShellTree {
  let faultAt: number | undefined;
  const fault = (offset: number) => {
    faultAt = Math.min(faultAt ?? offset, offset);
  };
  const plain = (node: Node, depth: number): ShellNode => {
    if (node.isError || node.isMissing || depth > deepest) fault(node.startIndex);
    const children = depth > deepest ? [] : node.children.map((child) => plain(child, depth + 1));
    return { type: node.type, start: node.startIndex, end: node.endIndex, children };
  };
  const it = plain(root, 0);
  const whole = { ...it, start: 0, end: script.length };
  return faultAt === undefined ? { root: whole } : { root: whole, faultAt };
}

function unreadable(script: string): ShellTree {
  return { root: { type: 'program', start: 0, end: script.length, children: [] }, faultAt: 0 };
}

/** All nodes of some types, in the order of the script. */
export function nodesOf(root: ShellNode, ...types: readonly string[]): readonly ShellNode[] {
  const below = root.children.flatMap((child) => nodesOf(child, ...types));
  return types.includes(root.type) ? [root, ...below] : below;
}

/** The nodes around an offset, the outermost first. */
export function nodesAround(root: ShellNode, offset: number): readonly ShellNode[] {
  const child = root.children.find(({ start, end }) => start <= offset && offset < end);
  return child === undefined ? [root] : [root, ...nodesAround(child, offset)];
}
