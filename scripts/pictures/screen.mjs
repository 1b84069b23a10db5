import serialize from '@xterm/addon-serialize';
import xterm from '@xterm/headless';

/** A terminal without a window: understands what a program writes, and shows it as HTML. */
export class Screen {
  #terminal;
  #serializer = new serialize.SerializeAddon();
  #waiting = new Set();
  #ended;

  constructor({ columns }) {
    this.#terminal = new xterm.Terminal({
      cols: columns,
      rows: 40,
      scrollback: 2000,
      allowProposedApi: true,
    });
    this.#terminal.loadAddon(this.#serializer);
  }

  write(data) {
    this.#terminal.write(data, () => {
      for (const check of this.#waiting) check();
    });
  }

  end(reason) {
    this.#ended = reason;
    for (const check of this.#waiting) check();
  }

  /** Everything that stands on the screen and above it. */
  text() {
    return this.#lines().join('\n');
  }

  /** Resolves once the text matches; rejects once the program has ended without that. */
  shows(pattern) {
    return new Promise((resolve, reject) => {
      const check = () => {
        const there = pattern.test(this.text());
        if (!there && this.#ended === undefined) return;
        this.#waiting.delete(check);
        if (there) resolve();
        else reject(new Error(`${this.#ended} It has not shown ${pattern}:\n${this.text()}`));
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** HTML of the lines from the first match on, up to the one before the second match (or to the end). */
  between(from, to) {
    const lines = this.#lines();
    const start = lines.findIndex((line) => from.test(line));
    const found = to === undefined ? -1 : lines.findIndex((line, index) => index > start && to.test(line));
    let end = (found < 0 ? lines.length : found) - 1;
    while (end > start && lines[end].trim() === '') end -= 1;
    return this.#serializer.serializeAsHTML({ range: { startLine: start, endLine: end, startCol: 0 } });
  }

  #lines() {
    const { active } = this.#terminal.buffer;
    return Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    );
  }
}
