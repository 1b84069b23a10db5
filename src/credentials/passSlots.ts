import { ManagerError, problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import { createPassProvider, passError, runPass, succeeded } from './pass';
import type { ProgramResult } from './program';
import type { CredentialSlots, Slot } from './slots';

/** Three entries of `pass`, beside each other. */
export function createPassSlots(entry: string): CredentialSlots {
  const nameOf = (slot: Slot) => (slot === 'current' ? entry : `${entry}.${slot}`);

  /** Killed in the middle, gpg leaves half an entry: what has begun is finished, within its time limit. */
  async function change(
    attempted: string,
    args: readonly string[],
    signal: AbortSignal | undefined,
    input?: Secret,
  ): Promise<ProgramResult> {
    if (signal?.aborted !== true) return runPass(args, {}, undefined, input);
    throw new ManagerError(problem('Interrupted', { attempted, failed: 'it was cancelled before it began' }));
  }

  async function run(
    attempted: string,
    args: readonly string[],
    signal: AbortSignal | undefined,
    input?: Secret,
  ): Promise<void> {
    const result = await change(attempted, args, signal, input);
    if (succeeded(result)) return;
    if (result.outcome !== 'ended') throw passError(result, entry, attempted);
    throw new ManagerError(
      problem('CredentialsLocked', {
        attempted,
        failed: `pass ended with exit code ${result.exitCode ?? 'unknown'}`,
        remedy: `See why in a terminal, as the worker's user: pass insert ${entry}.test - and pass rm ${entry}.test afterwards.`,
      }),
    );
  }

  return {
    describe: `pass entry ${entry}`,
    read: async (slot, signal) => createPassProvider(nameOf(slot), {}).read(signal),
    async write(slot, { tokenId, secret }, signal) {
      const text = new Secret(`${tokenId}\n${secret.reveal()}\n`);
      // Multi-line: the only form that takes the secret from standard input without a terminal.
      const args = ['insert', '--multiline', '--force', '--', nameOf(slot)];
      await run(`write pass entry ${nameOf(slot)}`, args, signal, text);
    },
    async move(from, to, signal) {
      const args = ['mv', '--force', '--', nameOf(from), nameOf(to)];
      await run(`move pass entry ${nameOf(from)} to ${nameOf(to)}`, args, signal);
    },
    async copy(from, to, signal) {
      const args = ['cp', '--force', '--', nameOf(from), nameOf(to)];
      await run(`copy pass entry ${nameOf(from)} to ${nameOf(to)}`, args, signal);
    },
    async remove(slot, signal) {
      const attempted = `remove pass entry ${nameOf(slot)}`;
      const result = await change(attempted, ['rm', '--force', '--', nameOf(slot)], signal);
      const isMissing = /is not in the password store/.test(result.stderr + result.stdout);
      if (succeeded(result) || (result.outcome === 'ended' && isMissing)) return;
      throw passError(result, entry, attempted);
    },
  };
}
