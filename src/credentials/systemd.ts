import { join } from 'node:path';

import { ManagerError, problem } from '../domain/errors';
import { createCheckedFileProvider } from './file';
import type { CredentialProvider } from './contract';

/** Reads the two lines from a credential that systemd gave this service (systemd.exec: LoadCredential=). */
export function createSystemdProvider(name: string): CredentialProvider {
  const describe = `systemd credential ${name}`;
  return {
    describe,
    async read(signal) {
      const folder = process.env['CREDENTIALS_DIRECTORY'];
      if (folder === undefined || folder === '') {
        throw new ManagerError(
          problem('CredentialsMissing', {
            attempted: `read ${describe}`,
            failed: 'CREDENTIALS_DIRECTORY is not set: systemd gave this process no credentials',
            remedy: `Run the worker as a service with LoadCredential=${name}:<file>, or choose another provider under credentials: in cluster-config.yaml.`,
          }),
        );
      }
      return createCheckedFileProvider(join(folder, name), describe, 'service').read(signal);
    },
  };
}
