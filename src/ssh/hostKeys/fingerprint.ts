import { createHash } from 'node:crypto';

/** The fingerprint as OpenSSH shows it: `SHA256:` and unpadded base64. `key` is the public key's wire form. */
export function hostKeyFingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The key's type, e.g. `ssh-ed25519`: the first string of its wire form (RFC 4253, section 6.6). */
export function hostKeyType(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  return key.toString('latin1', 4, 4 + length);
}
