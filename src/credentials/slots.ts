import type { TokenCredentials } from './contract';

/**
 * Three places of one store: the token in use, a new one that is not proven yet (`<place>.new`), and the one before
 * (`<place>.previous`), which is kept until its last task has ended.
 */
export type Slot = 'current' | 'new' | 'previous';

/** The plain moves of a store. Each may be repeated. */
export interface CredentialSlots {
  readonly describe: string;
  /** Throws CredentialsMissing, CredentialsMalformed or CredentialsLocked. */
  read(slot: Slot, signal?: AbortSignal): Promise<TokenCredentials>;
  /** Replaces what is there. */
  write(slot: Slot, token: TokenCredentials, signal?: AbortSignal): Promise<void>;
  /** Replaces what is at `to`, in one move: whoever reads gets the old one or the new one. */
  move(from: Slot, to: Slot, signal?: AbortSignal): Promise<void>;
  copy(from: Slot, to: Slot, signal?: AbortSignal): Promise<void>;
  /** One that is not there is no error. */
  remove(slot: Slot, signal?: AbortSignal): Promise<void>;
}
