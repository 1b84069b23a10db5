import type { EnvironmentCredentials } from '../config/clusterConfig';
import { ManagerError, problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import { toCredentials } from './entry';
import type { CredentialProvider } from './contract';

/** Takes the variables out of `process.env` at once and keeps the secret in memory. */
export function createEnvironmentProvider(settings: EnvironmentCredentials): CredentialProvider {
  const idName = settings.tokenIdVariable;
  const secretName = settings.tokenSecretVariable;
  const describe = `environment variables ${idName} and ${secretName}`;
  const tokenId = take(idName);
  const value = take(secretName);
  const secret = value === undefined ? undefined : new Secret(value);

  function read() {
    if (tokenId === undefined || secret === undefined) {
      const missing = [tokenId === undefined ? idName : [], secret === undefined ? secretName : []].flat();
      throw new ManagerError(
        problem('CredentialsMissing', {
          attempted: `read ${describe}`,
          failed: `${missing.join(' and ')} not set when this process started`,
          remedy: `Start the worker with ${idName} (user@realm!name) and ${secretName} set.`,
        }),
      );
    }
    return toCredentials(tokenId, secret.reveal(), describe, { id: idName, secret: secretName });
  }

  return { describe, read: async () => Promise.resolve(read()) };
}

function take(name: string): string | undefined {
  const value = process.env[name];
  Reflect.deleteProperty(process.env, name);
  return value;
}
