import { ManagerError, problem, type ErrorCode } from '../domain/errors';
import { Secret } from '../domain/secret';
import { toCredentials } from './entry';
import { runProgram, type ProgramResult } from './program';
import type { CredentialProvider, ProviderOptions } from './contract';

/** A vault over the network answers within seconds. */
const defaultTimeoutMs = 20_000;
/** Time for a person to unlock a vault. */
const askingTimeoutMs = 120_000;

/**
 * Asks a program that answers like a credential helper of git (gitcredentials(7)): `get` is its last argument,
 * standard input says what is wanted, the answer has the lines `username=` (token id) and `password=` (secret).
 */
export function createCommandProvider(
  command: readonly [string, ...string[]],
  options: ProviderOptions,
): CredentialProvider {
  const [program] = command;
  const describe = `credential command ${program}`;
  return {
    describe,
    async read(signal) {
      const result = await runProgram({
        words: [...command, 'get'],
        timeoutMs: options.timeoutMs ?? (options.mayAsk === true ? askingTimeoutMs : defaultTimeoutMs),
        signal,
        stdin: new Secret('protocol=https\nhost=proxmox\n\n'),
      });
      if (result.outcome !== 'ended' || result.exitCode !== 0) throw commandError(result, program, describe);
      const answer = answerOf(result.stdout);
      return toCredentials(answer.get('username') ?? '', answer.get('password') ?? '', describe, {
        id: 'the line username=',
        secret: 'the line password=',
      });
    },
  };
}

function answerOf(stdout: string): ReadonlyMap<string, string> {
  return new Map(
    stdout.split(/\r?\n/).flatMap((line): [string, string][] => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

/** Only fixed texts: neither output stream is shown. */
function commandError(result: ProgramResult, program: string, describe: string): ManagerError {
  const fail = (code: ErrorCode, failed: string, remedy?: string) =>
    new ManagerError(
      problem(code, { attempted: `read ${describe}`, failed, ...(remedy === undefined ? {} : { remedy }) }),
    );
  switch (result.outcome) {
    case 'cancelled':
      return fail('Interrupted', 'it was cancelled');
    case 'notStarted':
      return fail(
        'CredentialsMissing',
        `the program ${program} could not be started`,
        'Install it, or correct credential_command in cluster-config.yaml.',
      );
    case 'timedOut':
      return fail('CredentialsLocked', 'it did not answer in time', unlock(program));
    case 'ended':
      return fail(
        'CredentialsLocked',
        `it ended with exit code ${result.exitCode ?? 'unknown'}`,
        unlock(program),
      );
  }
}

function unlock(program: string): string {
  return `Run ${program} with the argument get in a terminal, as the worker's user: unlock what it asks for.`;
}
