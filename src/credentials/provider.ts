import type { CredentialSettings } from '../config/clusterConfig';
import type { Secret } from '../domain/secret';
import { createCommandProvider } from './command';
import { createEnvironmentProvider } from './environment';
import { createFileProvider } from './file';
import { createPassProvider } from './pass';
import { createSystemdProvider } from './systemd';

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

/**
 * Makes the provider that the configuration names. The environment provider takes its two variables out of
 * `process.env` right here, so that no child process inherits them.
 */
export function createCredentialProvider(
  settings: CredentialSettings,
  options: ProviderOptions = {},
): CredentialProvider {
  switch (settings.provider) {
    case 'pass':
      return createPassProvider(settings.passPath, options);
    case 'file':
      return createFileProvider(settings.path);
    case 'environment':
      return createEnvironmentProvider(settings);
    case 'systemd':
      return createSystemdProvider(settings.name);
    case 'command':
      return createCommandProvider(settings.command, options);
  }
}
