import type { Position } from '../config/yamlDocument';

/** The text of a file with the places of its offsets. */
export class SourceText {
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(text: string) {
    this.text = text;
    this.#lineStarts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((it) => it.index + it[0].length)];
  }

  /** The place of an offset. */
  position(offset: number): Position {
    let [line, beyond] = [0, this.#lineStarts.length];
    while (beyond - line > 1) {
      const middle = (line + beyond) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) line = middle;
      else beyond = middle;
    }
    return { line: line + 1, column: offset - (this.#lineStarts[line] ?? 0) + 1 };
  }

  /** The last line. */
  get lastLine(): number {
    return this.#lineStarts.length;
  }

  /** Offset of the first character of a line (from 1). */
  lineStart(line: number): number {
    return this.#lineStarts[line - 1] ?? this.text.length;
  }

  /** A line (from 1) without its end. */
  line(line: number): string {
    return this.text.slice(this.lineStart(line), this.lineStart(line + 1)).replace(/(\r\n|\n|\r)$/, '');
  }
}

/** A part of a file, perhaps without the indentation of its lines, that knows where its characters stand. */
export interface Fragment {
  readonly text: string;
  /** The place in the file of an offset of the text. */
  readonly place: (offset: number) => Position;
}

/** A part of a file as it stands there. */
export function slice(source: SourceText, start: number, end: number): Fragment {
  return { text: source.text.slice(start, end), place: (offset) => source.position(start + offset) };
}

/** The content of a fenced block, whose first line is given; lines stand in the file with more indentation. */
export function blockContent(source: SourceText, text: string, firstLine: number): Fragment {
  const content = new SourceText(text);
  return {
    text,
    place(offset) {
      const { line, column } = content.position(offset);
      const inFile = firstLine + line - 1;
      const indentation = source.line(inFile).length - content.line(line).length;
      // A block that is cut off at the end of the file has no line of its own.
      return { line: Math.min(inFile, source.lastLine), column: Math.max(indentation, 0) + column };
    },
  };
}

/** A part of a fragment. */
export function within(fragment: Fragment, start: number, end: number): Fragment {
  return { text: fragment.text.slice(start, end), place: (offset) => fragment.place(start + offset) };
}
