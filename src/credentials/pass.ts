import { execa } from 'execa';

import { ManagerError, problem } from '../domain/errors';
import { parseEntry } from './entry';
import type { CredentialProvider, ProviderOptions } from './contract';

/** All that `pass`, `gpg` and its agent need; nothing else of our environment reaches them. */
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

/** An agent that has the passphrase answers in well under a second; a smart card takes a few. */
const defaultTimeoutMs = 20_000;
/** Time for a person to type a passphrase. */
const askingTimeoutMs = 120_000;

interface PassResult {
  readonly outcome: 'ended' | 'notStarted' | 'timedOut' | 'cancelled';
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads the entry with `pass show`. Unless asking is allowed, gpg fails at once where it would ask. */
export function createPassProvider(entry: string, options: ProviderOptions): CredentialProvider {
  const describe = `pass entry ${entry}`;
  return {
    describe,
    async read(signal) {
      const result = await runPass(entry, options, signal);
      if (result.outcome === 'ended' && result.exitCode === 0) return parseEntry(result.stdout, describe);
      throw explain(result, entry, describe);
    },
  };
}

async function runPass(
  entry: string,
  options: ProviderOptions,
  signal: AbortSignal | undefined,
): Promise<PassResult> {
  const mayAsk = options.mayAsk ?? false;
  const child = execa('pass', ['show', '--', entry], {
    env: {
      ...allowedEnvironment(),
      // What gpg says is told apart by its English texts.
      LC_ALL: 'C.UTF-8',
      // The agent itself must not ask either: a pinentry that nobody sees would hang until the time limit.
      ...(mayAsk ? {} : { PASSWORD_STORE_GPG_OPTS: '--pinentry-mode=error' }),
    },
    extendEnv: false,
    stdin: mayAsk ? 'inherit' : 'ignore',
    // Own process group: pass is a shell script, and its gpg has to end with it.
    detached: !mayAsk,
    reject: false,
    stripFinalNewline: false,
  });
  let outcome: PassResult['outcome'] = 'ended';
  const stop = (why: 'timedOut' | 'cancelled') => {
    outcome = why;
    endGroup(child.pid, !mayAsk);
  };
  const cancel = () => stop('cancelled');
  const limit = setTimeout(
    () => stop('timedOut'),
    options.timeoutMs ?? (mayAsk ? askingTimeoutMs : defaultTimeoutMs),
  );
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  const result = await child;
  clearTimeout(limit);
  signal?.removeEventListener('abort', cancel);
  const notStarted = child.pid === undefined;
  return {
    outcome: notStarted ? 'notStarted' : outcome,
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
  };
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

/** What the failed run means. Only fixed texts: neither output stream is shown. */
function explain(result: PassResult, entry: string, describe: string): ManagerError {
  const attempted = `read ${describe}`;
  const fail = (...[code, failed, remedy]: [Parameters<typeof problem>[0], string, string?]) =>
    new ManagerError(problem(code, { attempted, failed, ...(remedy === undefined ? {} : { remedy }) }));
  if (result.outcome === 'cancelled') return fail('Interrupted', 'reading was cancelled');
  if (result.outcome === 'notStarted') {
    return fail(
      'CredentialsMissing',
      'the program pass is not installed',
      "Install pass on the worker's machine, or choose another provider under credentials: in cluster-config.yaml.",
    );
  }
  if (result.outcome === 'timedOut') {
    return fail('CredentialsLocked', 'pass did not answer in time: its key agent or its pinentry hangs');
  }
  if (/is not in the password store/.test(result.stderr)) {
    return fail(
      'CredentialsMissing',
      'the password store has no such entry',
      `Store the token: pass insert -m ${entry} (line 1 the token id, line 2 the secret).`,
    );
  }
  // A key that is locked and one that is not there look alike here: gpg says `No secret key` for both.
  return fail(
    'CredentialsLocked',
    `gpg could not decrypt the entry (exit code ${result.exitCode ?? 'unknown'}): its key is locked, or not in this user's keyring`,
    `Unlock the key on the worker's machine, as the worker's user, in a terminal: pass show ${entry} > /dev/null`,
  );
}
