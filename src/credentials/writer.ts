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
  /**
   * Puts the staged token into use, if it is exactly this one (else CredentialsMalformed, and nothing is changed); the
   * one before is kept beside it, if that is wanted.
   */
  accept(token: TokenCredentials, options: AcceptOptions, signal?: AbortSignal): Promise<void>;
  /** Drops a staged token. */
  discard(signal?: AbortSignal): Promise<void>;
  /**
   * For an attempt that may not be the only one any more: takes away what it has stored beside the one in use, its value
   * as the new one and a late copy of its token as the one before, and nothing else. Not to be cancelled.
   */
  withdraw(token: TokenCredentials): Promise<void>;
  /** Drops every copy of a token, the one in use too, and at the place of a new one also what can't be read. */
  forget(tokenId: string, signal?: AbortSignal): Promise<void>;
}

/** How a token is put into use. */
export interface AcceptOptions {
  readonly keepPrevious: boolean;
  /** Called right before the move; throws if another attempt may have begun. */
  readonly requireAlive: () => void;
}

/** Whether an entry is there that can't be read: half written, no token, or its key is locked. */
export function isUnreadable({ code }: ManagerError): boolean {
  return code === 'CredentialsMalformed' || code === 'CredentialsLocked';
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

  async function lookAtNew(signal?: AbortSignal): Promise<TokenCredentials | 'unreadable' | undefined> {
    try {
      return await look('new', signal);
    } catch (error) {
      if (error instanceof ManagerError && isUnreadable(error)) return 'unreadable';
      throw error;
    }
  }

  return {
    describe: slots.describe,
    look,
    async stage(token, signal) {
      await slots.write('new', token, signal);
      if (isSame(await slots.read('new', signal), token)) return;
      throw new ManagerError({
        code: 'CredentialsMalformed',
        attempted: `store a new token beside ${slots.describe}`,
        failed: 'what was read back is not what was written',
        remedy: 'Look at the store; the token in use was not touched.',
      });
    },
    async accept(token, { keepPrevious, requireAlive }, signal) {
      if (!isSame(await look('new', signal), token)) throw otherStaged(slots, token);
      const current = keepPrevious ? await look('current', signal) : undefined;
      if (current !== undefined && current.tokenId !== token.tokenId)
        await slots.copy('current', 'previous', signal);
      requireAlive();
      await slots.move('new', 'current', signal);
    },
    discard: async (signal) => slots.remove('new', signal),
    async withdraw(token) {
      if (isSame(await look('new'), token)) await slots.remove('new');
      if ((await look('previous'))?.tokenId === token.tokenId) await slots.remove('previous');
    },
    async forget(tokenId, signal) {
      // The new one comes last: a locked key shows with the others, so what can't be read then is half an entry.
      for (const slot of ['previous', 'current', 'new'] as const) {
        const held = slot === 'new' ? await lookAtNew(signal) : await look(slot, signal);
        if (held === 'unreadable' || held?.tokenId === tokenId) await slots.remove(slot, signal);
      }
    },
  };
}

function isSame(held: TokenCredentials | undefined, { tokenId, secret }: TokenCredentials): boolean {
  return held?.tokenId === tokenId && held.secret.equals(secret);
}

function otherStaged({ describe }: CredentialSlots, { tokenId }: TokenCredentials): ManagerError {
  return new ManagerError({
    code: 'CredentialsMalformed',
    attempted: `put ${tokenId} into use in ${describe}`,
    failed: 'another token is beside the one in use now',
    remedy: 'Look whether another program writes there, then retry; the token in use was not touched.',
  });
}
