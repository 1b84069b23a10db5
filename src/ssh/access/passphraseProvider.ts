import { readPassphrase } from '../../credentials/passphrase';
import type { PassphraseProvider } from './passphrases';
import { createTerminalPassphrases, type PassphraseTerminal } from './terminalPassphrases';

/**
 * The passphrases that the configuration provides: of the entry of `pass` that it names, else whatever a person types
 * at the terminal. `terminal` is for the process that runs the worker only, and only if it has one; there gpg may
 * ask as well. The provider throws CredentialsLocked, CredentialsMissing, CredentialsMalformed and Interrupted.
 */
export function createPassphraseProvider(
  passEntry: string | undefined,
  terminal?: PassphraseTerminal,
): PassphraseProvider {
  if (passEntry === undefined) {
    return terminal === undefined
      ? async () => Promise.resolve(undefined)
      : createTerminalPassphrases(terminal);
  }
  return async ({ attempt }) => {
    // It would be the same again.
    if (attempt > 1) return undefined;
    return {
      value: await readPassphrase(passEntry, { mayAsk: terminal !== undefined }),
      source: `of pass entry ${passEntry}`,
      remedyIfWrong: `Store the right one: pass insert --force ${passEntry} (in one line), then retry.`,
    };
  };
}
