import { ManagerError, problem } from '../domain/errors';
import type { Secret } from '../domain/secret';
import type { CredentialProvider, TokenCredentials } from './contract';

/** Keeps one token in memory, so that an overnight run does not depend on a key agent's time limit. */
export interface CredentialStore {
  readonly describe: string;
  /** The token: from memory, or read once for all who ask at the same time. A failed read is not kept. */
  get(signal?: AbortSignal): Promise<TokenCredentials>;
  /** Forgets the token if it still is the one that was used: after a 401 or a rotation. */
  invalidate(used: Secret): void;
}

/** Makes a store in front of a provider. */
export function createCredentialStore(provider: CredentialProvider): CredentialStore {
  let kept: TokenCredentials | undefined;
  let reading: Promise<TokenCredentials> | undefined;

  async function readOnce(): Promise<TokenCredentials> {
    try {
      kept = await provider.read();
      return kept;
    } finally {
      reading = undefined;
    }
  }

  return {
    describe: provider.describe,
    async get(signal) {
      if (kept) return kept;
      reading ??= readOnce();
      // One who gives up must not take the token away from the others, so the read itself goes on.
      return signal === undefined
        ? reading
        : Promise.race([reading, rejectOnAbort(signal, provider.describe)]);
    },
    invalidate(used) {
      if (kept?.secret.equals(used)) kept = undefined;
    },
  };
}

async function rejectOnAbort(signal: AbortSignal, source: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = () => {
      reject(
        new ManagerError(
          problem('Interrupted', { attempted: `read ${source}`, failed: 'reading was cancelled' }),
        ),
      );
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
