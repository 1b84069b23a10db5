import { createColors } from 'picocolors';
import type { Problem } from '../domain/errors';
import { exitCodes, type ExitCode } from '../domain/exitCodes';
import { problemLines } from '../domain/rendering/problemLines';
import type { Screen, Terminal } from './terminal';

/**
 * The only way to the user. Results go to standard output, everything else to standard error. With `--json`
 * standard output gets exactly one JSON document, at the end.
 */
export class Output {
  readonly json: boolean;
  /** Whether a person can be asked: everything is a terminal, and no program reads the output. */
  readonly interactive: boolean;
  readonly colors: ReturnType<typeof createColors>;
  readonly #terminal: Terminal;
  #document: unknown;
  #help = '';
  #printed = false;

  constructor(terminal: Terminal, json: boolean) {
    const { stdin, stdout, stderr, env } = terminal;
    this.#terminal = terminal;
    this.json = json;
    this.interactive = !json && stdin.isTTY === true && stdout.isTTY === true && stderr.isTTY === true;
    this.colors = createColors(stdout.isTTY === true && stderr.isTTY === true && mayColour(env));
  }

  /** Where progress is drawn. */
  get progressScreen(): Screen {
    return this.#terminal.stderr;
  }

  /** Columns of the terminal; wide where there is none, so that nothing is broken for a file. */
  get columns(): number {
    const { columns = 0 } = this.#terminal.stdout;
    return columns > 0 ? columns : 160;
  }

  /** Columns of the terminal; undefined where there is none. */
  get terminalColumns(): number | undefined {
    const { isTTY, columns = 0 } = this.#terminal.stdout;
    return isTTY === true && columns > 0 ? columns : undefined;
  }

  /** A result: the document for programs, its text for people (if any). With `--json` the last document wins. */
  result(document: unknown, text: string): void {
    if (this.json) this.#document = document;
    else if (text !== '') this.#terminal.stdout.write(withNewline(text));
  }

  /** Help or the version; with `--json` kept for {@link helpShown}. */
  help(text: string): void {
    if (this.json) this.#help += text;
    else this.#terminal.stdout.write(text);
  }

  /** Makes the document of `--json` from what {@link help} was given. */
  helpShown(name: 'help' | 'version'): void {
    if (this.json) this.#document = { [name]: this.#help.trimEnd(), exitCode: exitCodes.done };
  }

  /** Said beside the result. */
  note(text: string): void {
    this.#terminal.stderr.write(withNewline(text));
  }

  /** A failure: what was attempted, what failed, Proxmox's own words, what to do next. */
  failure(problem: Problem, exitCode: ExitCode): void {
    const { red, bold } = this.colors;
    const [attempted = '', ...rest] = problemLines(problem);
    this.note([bold(red(attempted)), ...rest].join('\n'));
    if (this.json) this.#document = { ...asObject(this.#document), error: problem, exitCode };
  }

  /** Prints the one document of `--json`, once. */
  close(): void {
    if (this.#document === undefined || this.#printed) return;
    this.#printed = true;
    this.#terminal.stdout.write(`${JSON.stringify(this.#document, undefined, 2)}\n`);
  }
}

function mayColour(env: NodeJS.ProcessEnv): boolean {
  return (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

function withNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
