import pLimit from 'p-limit';

import { Secret } from '../../domain/secret';
import { sshError } from '../failures';
import { lockedKeyRemedy } from './lockedKey';
import type { PassphraseProvider, PassphraseRequest } from './passphrases';

/** Where a person can be asked. */
export interface PassphraseTerminal {
  readonly input: NodeJS.ReadStream;
  /** What is written here must not get into a file: standard error, while it is a terminal. */
  readonly output: NodeJS.WriteStream;
}

/** Time for a person to notice the question and to type. */
const patienceMs = 120_000;

/** The terminal of this process; undefined: it has none, like a worker that `pxm up` started. */
export function ownTerminal(): PassphraseTerminal | undefined {
  const { stdin, stderr } = process;
  return stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : undefined;
}

/**
 * Asks for passphrases at a terminal, one after the other; what is typed is not shown. Throws CredentialsLocked where
 * nobody answers within 2 min, and Interrupted on Ctrl-C (which then ends this process as it does elsewhere).
 */
export function createTerminalPassphrases(terminal: PassphraseTerminal): PassphraseProvider {
  const oneAtATime = pLimit(1);
  return async (request) =>
    oneAtATime(async () => ({
      value: new Secret(await ask(request, terminal)),
      source: 'that was typed',
      remedyIfWrong: "Retry: the worker's terminal asks again.",
    }));
}

async function ask(
  { file, host, attempt }: PassphraseRequest,
  terminal: PassphraseTerminal,
): Promise<string> {
  const { password } = await import('@inquirer/prompts');
  const again = attempt > 1 ? 'That does not fit. ' : '';
  const limit = AbortSignal.timeout(patienceMs);
  try {
    return await password(
      { message: `${again}Passphrase of the SSH key ${file} (to log in as ${host}):` },
      { ...terminal, signal: limit },
    );
  } catch (error) {
    const attempted = `ask for the passphrase of the SSH key ${file}`;
    if (limit.aborted) {
      const failed = `nobody typed it at the worker's terminal within ${patienceMs / 1000} s`;
      throw sshError('CredentialsLocked', attempted, failed, { remedy: lockedKeyRemedy(file) });
    }
    // Reading keys one by one, the terminal does not make a signal of Ctrl-C.
    process.kill(process.pid, 'SIGINT');
    throw sshError('Interrupted', attempted, error instanceof Error ? error.name : 'it was interrupted');
  }
}
