import { dirname } from 'node:path';
import type { ClusterConfig } from '../../config/clusterConfig';
import { readPublicKeys } from '../../config/publicKeys';
import { absolutePath } from '../../config/resolve';
import { ManagerError, problem } from '../../domain/errors';

/**
 * The public keys of the file that the conventions name, in the file's order. Throws ConfigInvalid for a file that can't
 * be read, or that is a private key.
 */
export function readSshKeys({ file, conventions }: ClusterConfig): readonly string[] {
  const named = conventions.cloudinit.sshKeysSource;
  if (named === undefined) return [];
  const read = readPublicKeys(absolutePath(named, dirname(file)));
  if ('refused' in read) throw unreadable(named, read.refused);
  return read.keys;
}

function unreadable(named: string, failed: string): ManagerError {
  return new ManagerError(
    problem('ConfigInvalid', {
      attempted: `read the SSH keys for new machines`,
      failed: `${named} (cloudinit.ssh_keys_source) ${failed}`,
      remedy: 'Name a file of public keys, such as ~/.ssh/authorized_keys.',
    }),
  );
}
