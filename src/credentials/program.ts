import { execa } from 'execa';

import type { Secret } from '../domain/secret';

/** All that `pass`, `gpg` and its agent need; nothing else of our environment reaches a program. */
const allowedVariables = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TERM',
  'TMPDIR',
  'GNUPGHOME',
  'GPG_TTY',
  'PASSWORD_STORE_DIR',
  'XDG_RUNTIME_DIR',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
];

/** How a program is run. */
export interface ProgramRun {
  readonly words: readonly [string, ...string[]];
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Beside the allowed variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it runs. Default: where this process does. */
  readonly folder?: string;
  /** Standard input; `terminal`: the program may ask there. Default: none. */
  readonly stdin?: Secret | 'terminal';
}

/** How it ended. The outputs may hold secrets: they are parsed and dropped, never shown. */
export interface ProgramResult {
  readonly outcome: 'ended' | 'notStarted' | 'timedOut' | 'cancelled';
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell, in a small environment; it is ended with all its children in time. */
export async function runProgram(run: ProgramRun): Promise<ProgramResult> {
  const [program, ...args] = run.words;
  const asks = run.stdin === 'terminal';
  const child = execa(program, args, {
    // What programs say is told apart by their English texts.
    env: { ...allowedEnvironment(), LC_ALL: 'C.UTF-8', ...run.environment },
    extendEnv: false,
    ...(run.folder === undefined ? {} : { cwd: run.folder }),
    ...inputOf(run.stdin),
    // Own process group: pass is a shell script, and its gpg has to end with it.
    detached: !asks,
    reject: false,
    stripFinalNewline: false,
  });
  let outcome: ProgramResult['outcome'] = 'ended';
  const stop = (why: 'timedOut' | 'cancelled') => {
    outcome = why;
    endGroup(child.pid, !asks);
    // What left its group lives on, and would keep these open: nobody waits for it.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const cancel = () => stop('cancelled');
  const limit = setTimeout(() => stop('timedOut'), run.timeoutMs);
  run.signal?.addEventListener('abort', cancel, { once: true });
  if (run.signal?.aborted === true) cancel();
  const result = await child;
  clearTimeout(limit);
  run.signal?.removeEventListener('abort', cancel);
  return {
    outcome: child.pid === undefined ? 'notStarted' : outcome,
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
  };
}

function inputOf(stdin: ProgramRun['stdin']) {
  if (stdin === 'terminal') return { stdin: 'inherit' as const };
  if (stdin === undefined) return { stdin: 'ignore' as const };
  return { input: stdin.reveal() };
}

function allowedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    allowedVariables.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function endGroup(pid: number | undefined, isGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isGroup ? -pid : pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
