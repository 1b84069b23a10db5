import type { Secret } from '../domain/secret';

/** An API token of Proxmox, as it goes into the Authorization header (behaviour: 2.1). */
export interface TokenCredentials {
  /** `user@realm!name`. */
  readonly tokenId: string;
  readonly secret: Secret;
}

/** Where the API token comes from. */
export interface CredentialProvider {
  /** For messages: kind and place, never content, e.g. `pass entry annarchy.net/pve/api-token`. */
  readonly describe: string;
  /**
   * Reads the token. Throws CredentialsLocked, CredentialsMissing or CredentialsMalformed; none shows any
   * part of what was read.
   */
  read(signal?: AbortSignal): Promise<TokenCredentials>;
}

/** How a provider may behave. */
export interface ProviderOptions {
  /**
   * Whether a passphrase may be asked for on the terminal (by the key agent's own program). Only for the
   * process that runs the worker, and only while it starts. Default: no, a locked agent is an error at once.
   */
  readonly mayAsk?: boolean;
  /** How long one read may take. Default 20 s, 2 min where a passphrase may be asked. */
  readonly timeoutMs?: number;
}
