import { execa } from 'execa';
import { Secret } from '../domain/secret';
import { childEnvironment } from './environment';

/** How a tool is run. */
export interface ToolRun {
  readonly words: readonly [string, ...string[]];
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Beside the allow-listed variables, or in place of one of them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it runs. Default: where this process does. */
  readonly folder?: string;
  /** A tool that writes more to one of its streams is ended. Default 8 Mi characters. */
  readonly maximumOutput?: number;
}

/** How it ended. What it wrote may hold keys and whole configurations: it can't be printed. */
export interface ToolResult {
  readonly outcome: 'ended' | 'notStarted' | 'timedOut' | 'cancelled' | 'tooMuchOutput';
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: Secret;
  readonly stderr: Secret;
}

const defaultMaximumOutput = 8 * 1024 * 1024;
/** Time for a tool to end by itself after SIGTERM. */
const graceMs = 2_000;
/** Files of the tool are for this user only, and it never writes a core file; it takes the place of this shell. */
const script = 'umask 077; ulimit -c 0; exec "$@"';
/** What a shell ends with if the program is not there, or is none. */
const notStartedCodes: readonly (number | undefined)[] = [126, 127];

/**
 * Runs a tool to its end, without a shell between its words, in an allow-listed environment and a process group of its
 * own. Stopped by time or signal, the group gets SIGTERM, and SIGKILL 2 s later. Never throws.
 */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  const child = execa('/bin/sh', ['-c', script, 'sh', ...run.words], {
    // What tools say is told apart by their English texts.
    env: { ...childEnvironment(), LC_ALL: 'C.UTF-8', ...run.environment },
    extendEnv: false,
    ...(run.folder === undefined ? {} : { cwd: run.folder }),
    stdin: 'ignore',
    detached: true,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: run.maximumOutput ?? defaultMaximumOutput,
    forceKillAfterDelay: graceMs,
  });
  const ending: { stopped?: 'timedOut' | 'cancelled' } = {};
  const timers: NodeJS.Timeout[] = [];
  const stop = (why: 'timedOut' | 'cancelled') => {
    if (ending.stopped !== undefined) return;
    ending.stopped = why;
    signalGroup(child.pid, 'SIGTERM');
    timers.push(setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs));
  };
  const cancel = () => stop('cancelled');
  timers.push(setTimeout(() => stop('timedOut'), run.timeoutMs));
  run.signal?.addEventListener('abort', cancel, { once: true });
  if (run.signal?.aborted === true) cancel();
  const { exitCode, stdout, stderr, isMaxBuffer } = await child;
  timers.forEach(clearTimeout);
  run.signal?.removeEventListener('abort', cancel);
  return {
    outcome: outcomeOf({ exitCode, isMaxBuffer, stopped: ending.stopped, pid: child.pid }),
    exitCode,
    stdout: new Secret(stdout),
    stderr: new Secret(stderr),
  };
}

function outcomeOf(seen: {
  readonly exitCode: number | undefined;
  readonly isMaxBuffer: boolean;
  readonly stopped: 'timedOut' | 'cancelled' | undefined;
  readonly pid: number | undefined;
}): ToolResult['outcome'] {
  if (seen.isMaxBuffer) return 'tooMuchOutput';
  if (seen.pid === undefined || notStartedCodes.includes(seen.exitCode)) return 'notStarted';
  // It may have ended well in the moment in which it was to stop.
  return seen.exitCode === 0 ? 'ended' : (seen.stopped ?? 'ended');
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended by itself.
  }
}
