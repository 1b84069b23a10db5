import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';

/**
 * Stays until the child has ended. SIGTERM is passed on to it (Ctrl-C reaches it by itself, being of our
 * process group), so that it can end in its own way. Its exit code becomes ours where it is one of ours.
 */
export async function untilEnded(child: ChildProcess): Promise<ExitCode> {
  const passOn = () => {
    child.kill('SIGTERM');
  };
  process.on('SIGTERM', passOn);
  try {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  } finally {
    process.off('SIGTERM', passOn);
  }
  return exitCodeOf(child.exitCode);
}

function exitCodeOf(code: number | null): ExitCode {
  return Object.values(exitCodes).find((it) => it === code) ?? exitCodes.incomplete;
}
