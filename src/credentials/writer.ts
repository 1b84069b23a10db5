import type { CredentialSettings } from '../config/clusterConfig';
import { ManagerError } from '../domain/errors';
import type { TokenCredentials } from './contract';
import { createFileSlots } from './fileSlots';
import { createPassSlots } from './passSlots';
import type { CredentialSlots, Slot } from './slots';

/** Where a new token is stored, without ever risking the one that is there. */
export interface CredentialWriter {
  readonly describe: string;
  /** What a place holds; undefined: nothing. Throws CredentialsMalformed or CredentialsLocked. */
  look(slot: Slot, signal?: AbortSignal): Promise<TokenCredentials | undefined>;
  /** Stores a token beside the one in use and reads it back. */
  stage(token: TokenCredentials, signal?: AbortSignal): Promise<void>;
  /** Puts the staged token into use; the one before is kept beside it, if that is wanted. */
  accept(options: { readonly keepPrevious: boolean }, signal?: AbortSignal): Promise<void>;
  /** Drops a staged token. */
  discard(signal?: AbortSignal): Promise<void>;
  /**
   * For an attempt that may not be the only one any more: takes away what it has stored beside the one in use, its value
   * as the new one and a late copy of its token as the one before, and nothing else. Not to be cancelled.
   */
  withdraw(token: TokenCredentials): Promise<void>;
  /** Drops every copy of a token, the one in use too. */
  forget(tokenId: string, signal?: AbortSignal): Promise<void>;
}

/** Makes the writer; undefined for places that only others can write to. */
export function createCredentialWriter(settings: CredentialSettings): CredentialWriter | undefined {
  switch (settings.provider) {
    case 'pass':
      return writerOver(createPassSlots(settings.passPath));
    case 'file':
      return writerOver(createFileSlots(settings.path));
    case 'environment':
    case 'systemd':
    case 'command':
      return undefined;
  }
}

function writerOver(slots: CredentialSlots): CredentialWriter {
  async function look(slot: Slot, signal?: AbortSignal): Promise<TokenCredentials | undefined> {
    try {
      return await slots.read(slot, signal);
    } catch (error) {
      if (error instanceof ManagerError && error.code === 'CredentialsMissing') return undefined;
      throw error;
    }
  }

  return {
    describe: slots.describe,
    look,
    async stage(token, signal) {
      await slots.write('new', token, signal);
      const stored = await slots.read('new', signal);
      if (stored.tokenId === token.tokenId && stored.secret.equals(token.secret)) return;
      throw new ManagerError({
        code: 'CredentialsMalformed',
        attempted: `store a new token beside ${slots.describe}`,
        failed: 'what was read back is not what was written',
        remedy: 'Look at the store; the token in use was not touched.',
      });
    },
    async accept({ keepPrevious }, signal) {
      if (keepPrevious) {
        const current = await look('current', signal);
        const isOther = current !== undefined && current.tokenId !== (await look('new', signal))?.tokenId;
        if (isOther) await slots.copy('current', 'previous', signal);
      }
      await slots.move('new', 'current', signal);
    },
    discard: async (signal) => slots.remove('new', signal),
    async withdraw({ tokenId, secret }) {
      const staged = await look('new');
      if (staged?.tokenId === tokenId && staged.secret.equals(secret)) await slots.remove('new');
      if ((await look('previous'))?.tokenId === tokenId) await slots.remove('previous');
    },
    async forget(tokenId, signal) {
      for (const slot of ['new', 'previous', 'current'] as const) {
        const held = await look(slot, signal);
        if (held?.tokenId === tokenId) await slots.remove(slot, signal);
      }
    },
  };
}
