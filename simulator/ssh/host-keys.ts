import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { utils } from 'ssh2';

/** A key pair of ssh. */
export interface SshKey {
  /** In OpenSSH's own format, without a passphrase. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA... <comment>` */
  readonly publicKey: string;
  /** `SHA256:...` without padding, as ssh-keygen -l shows it. */
  readonly fingerprintSha256: string;
}

/** Makes an ed25519 key. Some in a thousand that ssh2 makes can't be read by it: then another is made. */
export function makeSshKey(comment: string): SshKey {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519', { comment });
    const isReadable = [pair.private, pair.public].every((text) => !(utils.parseKey(text) instanceof Error));
    if (isReadable) return withFingerprint(pair.private, pair.public);
  }
}

/** The key of this name in the folder, made there if it is not there yet (0600). Without a folder always a new one. */
export function keptOrMadeSshKey(folder: string | undefined, name: string, comment: string): SshKey {
  if (folder === undefined) return makeSshKey(comment);
  const file = path.join(folder, name);
  if (existsSync(file) && existsSync(`${file}.pub`)) {
    return withFingerprint(readFileSync(file, 'utf8'), readFileSync(`${file}.pub`, 'utf8').trim());
  }
  const key = makeSshKey(comment);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, key.privateKey, { mode: 0o600 });
  writeFileSync(`${file}.pub`, `${key.publicKey}\n`);
  return key;
}

function withFingerprint(privateKey: string, publicKey: string): SshKey {
  const [, blob = ''] = publicKey.split(' ');
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
  return { privateKey, publicKey, fingerprintSha256: `SHA256:${digest.replace(/=+$/, '')}` };
}
