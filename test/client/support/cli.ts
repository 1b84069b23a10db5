import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runCli } from '../../../src/client/run';
import type { ExitCode } from '../../../src/domain/exitCodes';

/** One run of the CLI in this process, not at a terminal. */
export interface CliRun {
  readonly ended: Promise<ExitCode>;
  stdout(): string;
  stderr(): string;
  /** Presses Ctrl-C. */
  interrupt(): void;
  /** Resolves once standard output and error together contain the text. */
  shows(text: string | RegExp): Promise<void>;
}

/** A finished run. */
export interface CliResult {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the CLI; `env` is what it is told of the terminal, not the environment of the process. */
export function startPxm(args: readonly string[], env: NodeJS.ProcessEnv = {}): CliRun {
  const stdout = collector();
  const stderr = collector();
  const interruption = new AbortController();
  const terminal = {
    stdin: new PassThrough(),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    person: 'tester@desk',
  };
  const ended = runCli(args, terminal, interruption.signal);
  return {
    ended,
    stdout: stdout.text,
    stderr: stderr.text,
    interrupt: () => interruption.abort(),
    async shows(text) {
      const all = () => stdout.text() + stderr.text();
      const there = () => (typeof text === 'string' ? all().includes(text) : text.test(all()));
      while (!there()) {
        const more = Promise.race([stdout.next(), stderr.next()]);
        const over = await Promise.race([ended.then(() => true), more.then(() => false)]);
        if (over && !there()) throw new Error(`it ended without showing ${String(text)}:\n${all()}`);
      }
    },
  };
}

/** Runs the CLI to its end. */
export async function pxm(...args: readonly string[]): Promise<CliResult> {
  const run = startPxm(args);
  const exitCode = await run.ended;
  return { exitCode, stdout: run.stdout(), stderr: run.stderr() };
}

/** Runs the CLI with `--json`; standard output must be one JSON document. */
export async function pxmJson(
  ...args: readonly string[]
): Promise<CliResult & { readonly document: unknown }> {
  const result = await pxm(...args, '--json');
  const document: unknown = JSON.parse(result.stdout);
  return { ...result, document };
}

const folders: string[] = [];

/** A new folder below the system's temporary one; removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pxm-client-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  // Servers and workers that were just stopped may still be writing for an instant.
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
});

function collector() {
  const stream = new PassThrough();
  let collected = '';
  let waiting: (() => void)[] = [];
  stream.on('data', (chunk: Buffer) => {
    collected += chunk.toString('utf8');
    for (const wake of waiting) wake();
    waiting = [];
  });
  return {
    stream,
    text: () => collected,
    next: () => new Promise<void>((resolve) => waiting.push(resolve)),
  };
}
