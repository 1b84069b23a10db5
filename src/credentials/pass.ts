import { ManagerError, problem } from '../domain/errors';
import type { Secret } from '../domain/secret';
import { parseEntry } from './entry';
import { runProgram, type ProgramResult } from './program';
import type { CredentialProvider, ProviderOptions } from './contract';

/** An agent that has the passphrase answers in well under a second; a smart card takes a few. */
const defaultTimeoutMs = 20_000;
/** Time for a person to type a passphrase. */
const askingTimeoutMs = 120_000;

/** Reads the entry with `pass show`. Unless asking is allowed, gpg fails at once where it would ask. */
export function createPassProvider(entry: string, options: ProviderOptions): CredentialProvider {
  const describe = `pass entry ${entry}`;
  return {
    describe,
    async read(signal) {
      const result = await runPass(['show', '--', entry], options, signal);
      if (succeeded(result)) return parseEntry(result.stdout, describe);
      throw passError(result, entry, `read ${describe}`);
    },
  };
}

/** Runs `pass`. A secret goes to its standard input only. */
export async function runPass(
  args: readonly string[],
  options: ProviderOptions,
  signal: AbortSignal | undefined,
  input?: Secret,
): Promise<ProgramResult> {
  const mayAsk = options.mayAsk ?? false;
  const stdin = input ?? (mayAsk ? ('terminal' as const) : undefined);
  return runProgram({
    words: ['pass', ...args],
    timeoutMs: options.timeoutMs ?? (mayAsk ? askingTimeoutMs : defaultTimeoutMs),
    signal,
    // The agent itself must not ask either: a pinentry that nobody sees would hang until the time limit.
    environment: mayAsk ? {} : { PASSWORD_STORE_GPG_OPTS: '--pinentry-mode=error' },
    ...(stdin === undefined ? {} : { stdin }),
  });
}

/** Whether it ended by itself, and well. */
export function succeeded({ outcome, exitCode }: ProgramResult): boolean {
  return outcome === 'ended' && exitCode === 0;
}

/** What helps where something is missing: it depends on what the entry is for. */
interface PassRemedies {
  readonly noProgram: string;
  readonly noEntry: string;
}

function tokenRemedies(entry: string): PassRemedies {
  return {
    noProgram:
      "Install pass on the worker's machine, or choose another provider under credentials: in cluster-config.yaml.",
    noEntry: `Store the token: pass insert -m ${entry} (line 1 the token id, line 2 the secret).`,
  };
}

/** What the failed run means. Only fixed texts: neither output stream is shown. */
export function passError(
  result: ProgramResult,
  entry: string,
  attempted: string,
  remedies: PassRemedies = tokenRemedies(entry),
): ManagerError {
  const fail = (...[code, failed, remedy]: [Parameters<typeof problem>[0], string, string?]) =>
    new ManagerError(problem(code, { attempted, failed, ...(remedy === undefined ? {} : { remedy }) }));
  if (result.outcome === 'cancelled') return fail('Interrupted', 'it was cancelled');
  if (result.outcome === 'notStarted') {
    return fail('CredentialsMissing', 'the program pass is not installed', remedies.noProgram);
  }
  if (result.outcome === 'timedOut') {
    return fail('CredentialsLocked', 'pass did not answer in time: its key agent or its pinentry hangs');
  }
  if (/is not in the password store/.test(result.stderr)) {
    return fail('CredentialsMissing', 'the password store has no such entry', remedies.noEntry);
  }
  // A key that is locked and one that is not there look alike here: gpg says `No secret key` for both.
  return fail(
    'CredentialsLocked',
    `gpg could not decrypt the entry (exit code ${result.exitCode ?? 'unknown'}): its key is locked, or not in this user's keyring`,
    `Unlock the key on the worker's machine, as the worker's user, in a terminal: pass show ${entry} > /dev/null`,
  );
}
