import { LineCounter, isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import { present } from './present';

/** Keys and indices from the top of a file. */
export type ConfigPath = readonly PropertyKey[];

/** A place in a file, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a path was found: a key without a value has no place for it, a list entry has no key. */
interface Found {
  readonly key?: Position;
  readonly value?: Position;
}

/** A YAML file with the places of what it holds. */
export class YamlDocument {
  readonly document: Document.Parsed;
  readonly #source: string;
  readonly #lines = new LineCounter();

  constructor(source: string) {
    this.#source = source;
    this.document = parseDocument(source, {
      lineCounter: this.#lines,
      prettyErrors: false,
      logLevel: 'error',
      keepSourceTokens: true,
    });
  }

  /** What the file says; undefined if aliases in aliases multiply it beyond all reason. */
  value(): { readonly value: unknown } | undefined {
    try {
      return { value: this.document.toJS() };
    } catch (error) {
      if (error instanceof ReferenceError) return undefined;
      throw error;
    }
  }

  /** The character at an offset; empty at the end of the file. */
  characterAt(offset: number): string {
    return this.#source.charAt(offset);
  }

  /** The place of an offset. */
  position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** Where a value stands; where it is missing, the key (or the list entry) that should hold it. */
  placeOfValue(path: ConfigPath): Position {
    const found = this.#find(path);
    return found?.value ?? found?.key ?? this.placeOfKey(path.slice(0, -1));
  }

  /** Where a key stands; where it is missing, the nearest key above that is there. */
  placeOfKey(path: ConfigPath): Position {
    if (path.length === 0) return this.#start();
    const found = this.#find(path);
    return found?.key ?? found?.value ?? this.placeOfKey(path.slice(0, -1));
  }

  /** The innermost pair that an offset lies in, as a path. */
  pathAt(offset: number): ConfigPath {
    let innermost: ConfigPath = [];
    visit(this.document, {
      Pair: (_, pair, ancestors) => {
        if (holds(pair, offset)) innermost = pathOfPair(pair, ancestors);
      },
    });
    return innermost;
  }

  /** An empty file has its place on line 1. */
  #start(): Position {
    return this.position(this.document.contents?.range[0] ?? 0);
  }

  /** Walks down; undefined where a step leads nowhere. */
  #find(path: ConfigPath): Found | undefined {
    let node = nodeOf(this.document.contents);
    let found: Found = { value: this.#start() };
    for (const step of path) {
      const entry = entryOf(isAlias(node) ? node.resolve(this.document) : node, step);
      if (entry === undefined) return undefined;
      node = entry.value;
      found = present({ key: this.#placeOf(entry.key), value: this.#placeOf(node) });
    }
    return found;
  }

  #placeOf(node: Node | undefined): Position | undefined {
    return node?.range == null || isBlank(node) ? undefined : this.position(node.range[0]);
  }
}

interface Entry {
  readonly key?: Node | undefined;
  readonly value: Node | undefined;
}

function entryOf(node: Node | undefined, step: PropertyKey): Entry | undefined {
  if (isMap(node)) {
    // The last of duplicate keys wins, as it does in the value.
    const pair = node.items.findLast((it) => keyText(it) === String(step));
    return pair && { key: nodeOf(pair.key), value: nodeOf(pair.value) };
  }
  const item = isSeq(node) ? nodeOf(node.items[Number(step)]) : undefined;
  return item && { value: item };
}

function pathOfPair(pair: Pair, ancestors: readonly (Document | Node | Pair)[]): ConfigPath {
  const chain = [...ancestors, pair];
  return chain.flatMap((it, level): PropertyKey[] => {
    if (isPair(it)) return [keyText(it)];
    const above = chain[level - 1];
    return isSeq(above) ? [above.items.indexOf(it)] : [];
  });
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

function nodeOf(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined;
}

function isBlank(node: Node): boolean {
  return isScalar(node) && node.value === null && node.source === '';
}

function holds(pair: Pair, offset: number): boolean {
  const [key, value] = [nodeOf(pair.key)?.range, nodeOf(pair.value)?.range];
  const [start, end] = [key?.[0] ?? value?.[0], value?.[2] ?? key?.[2]];
  return start !== undefined && end !== undefined && start <= offset && offset <= end;
}
