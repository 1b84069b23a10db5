import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnvironment } from '../childProcess';

const execFileAsync = promisify(execFile);

/** How a helper program is run. */
export interface RunOptions {
  readonly timeoutMs: number;
  readonly alsoAllowed?: readonly string[];
  readonly temporaryFolder?: string;
}

/** What a helper program did: its standard output, or why it failed in one line. */
export type RunResult =
  { readonly ok: true; readonly stdout: string } | { readonly ok: false; readonly why: string };

/** Runs a program to its end. Never throws: a failure is told in one line (the last of its error output). */
export async function run(
  command: string,
  commandArguments: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const env = childEnvironment(options.alsoAllowed);
  if (options.temporaryFolder !== undefined) env['TMPDIR'] = options.temporaryFolder;
  try {
    const { stdout } = await execFileAsync(command, commandArguments, { timeout: options.timeoutMs, env });
    return { ok: true, stdout };
  } catch (error) {
    return { ok: false, why: reasonOf(error, options.timeoutMs) };
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if ('killed' in error && error.killed === true) return `no end after ${timeoutMs / 1000} s`;
  const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  const lastLine = stderr.trim().split('\n').at(-1);
  return lastLine === undefined || lastLine === '' ? error.message.trim() : lastLine.trim();
}
