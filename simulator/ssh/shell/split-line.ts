import { split } from 'shlex';

/** What stands between the commands of a line. */
export type Connector = ';' | '&&' | '||' | '|';

/** Where a command's output goes, or its input comes from. */
export interface Redirection {
  readonly kind: '<' | '>' | '>>' | 'stderr to stdout' | 'stdout to stderr' | 'stderr to file';
  readonly target: string;
}

/** One command of a line. */
export interface SimpleCommand {
  readonly words: readonly string[];
  readonly redirections: readonly Redirection[];
  /** What follows it; `;` after the last one. */
  readonly next: Connector;
}

const operators = ['&&', '||', '1>&2', '>&2', '2>&1', '2>>', '2>', '>>', '>', '<', '|', ';', '\n'];

/**
 * The commands of a line that was made for a shell: words (split by a library, quotes and all), redirections, and what
 * stands between. No substitution, no patterns, no here-documents: what the simulated nodes understand is less than a shell.
 */
export function splitLine(line: string): SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  let words: string[] = [];
  let redirections: Redirection[] = [];
  let open: Redirection['kind'] | undefined;
  for (const piece of piecesOf(line)) {
    if (piece.operator === undefined) {
      const parts = split(piece.text);
      const target = open === undefined ? undefined : parts.shift();
      if (open !== undefined && target !== undefined) redirections.push({ kind: open, target });
      if (target !== undefined) open = undefined;
      words.push(...parts);
    } else if (piece.operator === '2>&1') {
      redirections.push({ kind: 'stderr to stdout', target: '' });
    } else if (piece.operator === '1>&2' || piece.operator === '>&2') {
      redirections.push({ kind: 'stdout to stderr', target: '' });
    } else if (piece.operator === '2>' || piece.operator === '2>>') {
      open = 'stderr to file';
    } else if (piece.operator === '<' || piece.operator === '>' || piece.operator === '>>') {
      open = piece.operator;
    } else {
      commands.push({ words, redirections, next: connectorOf(piece.operator) });
      words = [];
      redirections = [];
    }
  }
  return [...commands, { words, redirections, next: ';' as const }].filter(
    (command) => command.words.length > 0 || command.redirections.length > 0,
  );
}

function connectorOf(operator: string): Connector {
  return operator === '&&' || operator === '||' || operator === '|' ? operator : ';';
}

interface Piece {
  readonly text: string;
  readonly operator?: string;
}

/** The line cut at its operators, those in quotes left alone. */
function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = [];
  let text = '';
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    const operator = quote === '' ? operatorAt(line, at) : undefined;
    if (operator !== undefined) {
      pieces.push({ text }, { text: '', operator });
      text = '';
      at += operator.length - 1;
    } else if (character === '\\' && quote !== "'") {
      text += line.slice(at, at + 2);
      at += 1;
    } else {
      if (character === quote) quote = '';
      else if (quote === '' && (character === "'" || character === '"')) quote = character;
      text += character;
    }
  }
  return [...pieces, { text }].filter((piece) => piece.operator !== undefined || piece.text.trim() !== '');
}

function operatorAt(line: string, at: number): string | undefined {
  const found = operators.find((operator) => line.startsWith(operator, at));
  const isNumbered = found !== undefined && /^\d/.test(found);
  return isNumbered && at > 0 && !/\s/.test(line.charAt(at - 1)) ? undefined : found;
}
