import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';

export { childEnvironment } from '../programs/environment';

/** How a child process is started. */
export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: StdioOptions;
  readonly cwd?: string;
  /** It outlives us, in a process group of its own. Default: no. */
  readonly detached?: boolean;
}

/**
 * Starts a program that never writes a core file: its core limit is 0, and a core file would hold its
 * memory, secrets included. The process keeps the returned pid (the shell that sets the limit is replaced).
 */
export function spawnWithoutCoreFile(
  command: string,
  commandArguments: readonly string[],
  options: ChildOptions,
): ChildProcess {
  const script = 'ulimit -c 0; exec "$@"';
  return spawn('/bin/sh', ['-c', script, 'sh', command, ...commandArguments], {
    env: options.env,
    stdio: options.stdio,
    detached: options.detached ?? false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
}

/** Whether a process with this id exists (a zombie counts until its parent has noticed). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
