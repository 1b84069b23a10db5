import { dirname } from 'node:path';
import type { ClusterConfig } from '../../config/clusterConfig';
import { readPlainFile } from '../../config/readPlainFile';
import { absolutePath } from '../../config/resolve';
import { ManagerError, problem } from '../../domain/errors';

const publicKey = /^(ssh-(ed25519|rsa)|ecdsa-sha2-\S+|sk-(ssh|ecdsa)-\S+) [A-Za-z0-9+/=]+( .*)?$/;

/**
 * The public keys of the file that the conventions name, in the file's order. Options before a key, comments and
 * whatever is no key are left out. Throws ConfigInvalid for a file that can't be read, or that is a private key.
 */
export function readSshKeys({ file, conventions }: ClusterConfig): readonly string[] {
  const named = conventions.cloudinit.sshKeysSource;
  if (named === undefined) return [];
  const read = readPlainFile(absolutePath(named, dirname(file)));
  if ('refused' in read) throw unreadable(named, read.refused);
  const text = Buffer.from(read.bytes).toString('utf8');
  if (text.includes('PRIVATE KEY')) throw unreadable(named, 'is a private key');
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => publicKey.test(line));
  return [...new Set(keys)];
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
