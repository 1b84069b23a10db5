import type { Comparison, Expression } from '../../domain/runbook/expression';

/** A condition that can't be understood: why, and where in its text. */
export interface ExpressionFault {
  readonly message: string;
  readonly offset: number;
}

interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'operator' | 'end';
  readonly text: string;
  readonly offset: number;
}

const token =
  /\s*(?:(?<number>-?\d+(?:\.\d+)?(?![\w.]))|(?<name>[A-Za-z_][\w]*(?:\/[\w.-]+)*)|"(?<double>(?:[^"\\]|\\.)*)"|'(?<single>[^']*)'|(?<operator>==|!=|<=|>=|&&|\|\||[<>!()]))/y;

const comparisons: ReadonlySet<string> = new Set<Comparison>(['==', '!=', '<', '<=', '>', '>=']);
/** Deeper brackets are nobody's condition, and would fill the stack. */
const deepest = 20;
const longest = 1000;

/** Reads `a == "x" and not (b/status or c > 3)`. */
export function parseExpression(text: string): Expression | ExpressionFault {
  if (text.length > longest) return { message: `is longer than ${longest} characters`, offset: 0 };
  try {
    return new Reader(tokens(text)).whole();
  } catch (error) {
    if (error instanceof Fault) return { message: error.message, offset: error.offset };
    throw error;
  }
}

/** Whether a condition could not be read. */
export function isFault(read: Expression | ExpressionFault): read is ExpressionFault {
  return 'message' in read;
}

class Fault extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let position = 0;
  while (text.slice(position).trim() !== '') {
    token.lastIndex = position;
    const match = token.exec(text);
    const offset = text.length - text.slice(position).trimStart().length;
    if (match === null)
      throw new Fault(`can't be read from ${JSON.stringify(text.slice(offset, offset + 20))} on`, offset);
    found.push({ ...classified(match.groups ?? {}), offset });
    position = token.lastIndex;
  }
  return [...found, { kind: 'end', text: '', offset: text.length }];
}

function classified(groups: Partial<Record<string, string>>): Omit<Token, 'offset'> {
  const { number, name, double, single, operator } = groups;
  if (number !== undefined) return { kind: 'number', text: number };
  if (double !== undefined) return { kind: 'text', text: double.replace(/\\(.)/g, '$1') };
  if (single !== undefined) return { kind: 'text', text: single };
  if (name === 'and' || name === 'or' || name === 'not') return { kind: 'operator', text: name };
  return name === undefined
    ? { kind: 'operator', text: wordOf(operator ?? '') }
    : { kind: 'name', text: name };
}

function wordOf(operator: string): string {
  return { '&&': 'and', '||': 'or', '!': 'not' }[operator] ?? operator;
}

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  whole(): Expression {
    const read = this.#or(0);
    const rest = this.#peek();
    if (rest.kind !== 'end')
      throw new Fault(`goes on with ${JSON.stringify(rest.text)} where it should end`, rest.offset);
    return read;
  }

  #or(depth: number): Expression {
    let left = this.#and(depth);
    while (this.#take('or')) left = { kind: 'or', left, right: this.#and(depth) };
    return left;
  }

  #and(depth: number): Expression {
    let left = this.#not(depth);
    while (this.#take('and')) left = { kind: 'and', left, right: this.#not(depth) };
    return left;
  }

  #not(depth: number): Expression {
    if (depth > deepest) throw new Fault('is nested too deeply', this.#peek().offset);
    return this.#take('not') ? { kind: 'not', of: this.#not(depth + 1) } : this.#comparison(depth);
  }

  #comparison(depth: number): Expression {
    const left = this.#operand(depth);
    const { text } = this.#peek();
    if (!isComparison(text) || !this.#take(text)) return left;
    return { kind: 'compare', operator: text, left, right: this.#operand(depth) };
  }

  #operand(depth: number): Expression {
    if (this.#take('(')) {
      const inner = this.#or(depth + 1);
      if (!this.#take(')')) throw new Fault('lacks a )', this.#peek().offset);
      return inner;
    }
    const { kind, text, offset } = this.#peek();
    if (kind === 'end' || kind === 'operator') throw new Fault('lacks a value', offset);
    this.#next += 1;
    if (kind === 'number') return { kind: 'literal', value: Number(text) };
    if (kind === 'text') return { kind: 'literal', value: text };
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
    const [name = '', ...path] = text.split('/');
    return { kind: 'value', name, path };
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', offset: 0 };
  }

  #take(text: string): boolean {
    const { kind, text: found } = this.#peek();
    if (kind !== 'operator' || found !== text) return false;
    this.#next += 1;
    return true;
  }
}

function isComparison(text: string): text is Comparison {
  return comparisons.has(text);
}
