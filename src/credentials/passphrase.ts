import { ManagerError, problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import type { ProviderOptions } from './contract';
import { passError, runPass, succeeded } from './pass';

/**
 * Reads the passphrase of SSH key files: the first line of an entry of `pass`. Throws CredentialsLocked,
 * CredentialsMissing or CredentialsMalformed; none shows any part of what was read.
 */
export async function readPassphrase(entry: string, options: ProviderOptions): Promise<Secret> {
  const attempted = `read the passphrase of the SSH key from pass entry ${entry}`;
  const result = await runPass(['show', '--', entry], options, undefined);
  const noEntry = `Store the passphrase: pass insert ${entry} - or correct credentials.ssh_key_pass_path in cluster-config.yaml.`;
  if (!succeeded(result)) throw passError(result, entry, attempted, { noProgram, noEntry });
  const [passphrase = ''] = result.stdout.split(/\r?\n/);
  if (passphrase !== '') return new Secret(passphrase);
  throw new ManagerError(
    problem('CredentialsMalformed', {
      attempted,
      failed: 'the first line is empty',
      remedy: `Store the passphrase: pass insert --force ${entry}`,
    }),
  );
}

const noProgram =
  "Install pass on the worker's machine; or put the key into its key agent (ssh-add) and take credentials.ssh_key_pass_path out of cluster-config.yaml.";
