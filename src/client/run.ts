import { CommanderError } from 'commander';
import { exitCodes, type ExitCode } from '../domain/exitCodes';
import { buildProgram } from './program';
import { Session } from './session';
import type { Terminal } from './terminal';

/** Runs one command line (without node and script) and returns its exit code. Never throws. */
export async function runCli(
  commandLine: readonly string[],
  terminal: Terminal,
  interrupted: AbortSignal,
): Promise<ExitCode> {
  const session = new Session(terminal, asksForJson(commandLine), interrupted);
  try {
    await buildProgram(session).parseAsync([...commandLine], { from: 'user' });
  } catch (error) {
    settle(session, error);
  }
  await session.close();
  return session.exitCode;
}

/** `--help` and `--version` end a command in the same way as errors do. */
function settle(session: Session, error: unknown): void {
  if (!(error instanceof CommanderError)) {
    session.fail(error);
    return;
  }
  const { output } = session;
  if (error.exitCode === 0) output.helpShown(error.code === 'commander.version' ? 'version' : 'help');
  else if (error.code !== 'commander.help') session.fail(error);
  else if (output.json) session.fail(new CommanderError(1, error.code, 'no command was given'));
  // The help was shown already, and says what is missing.
  else session.exitCode = exitCodes.badInput;
}

/** Known before the command line is read, so that its errors are JSON as well. */
function asksForJson(commandLine: readonly string[]): boolean {
  const end = commandLine.indexOf('--');
  return (end < 0 ? commandLine : commandLine.slice(0, end)).includes('--json');
}
