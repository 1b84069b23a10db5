import type { CredentialSettings } from '../config/clusterConfig';
import { createCommandProvider } from './command';
import type { CredentialProvider, ProviderOptions } from './contract';
import { createEnvironmentProvider } from './environment';
import { createFileProvider } from './file';
import { createPassProvider } from './pass';
import { createSystemdProvider } from './systemd';

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
