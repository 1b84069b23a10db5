import { writeFileSync } from 'node:fs';
import { utils, type ParsedKey } from 'ssh2';

/** A key pair of a test. */
export interface TestKey {
  /** In the format of OpenSSH; encrypted if a passphrase was given. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA...` */
  readonly publicLine: string;
  readonly parsed: ParsedKey;
}

/** Makes a key pair. One in some hundred that ssh2 makes can't be read by it: then another is made. */
export function makeKey(type: 'ed25519' | 'ecdsa' = 'ed25519', passphrase?: string): TestKey {
  for (;;) {
    const pair = makePair(type, passphrase);
    const parsed = utils.parseKey(pair.private, passphrase);
    if ('isPrivateKey' in parsed) return { privateKey: pair.private, publicLine: pair.public.trim(), parsed };
  }
}

function makePair(type: 'ed25519' | 'ecdsa', passphrase: string | undefined) {
  if (type === 'ecdsa') return utils.generateKeyPairSync('ecdsa', { bits: 256 });
  return passphrase === undefined
    ? utils.generateKeyPairSync('ed25519')
    : utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-cbc', rounds: 1 });
}

/** Writes a private key as ssh wants it. */
export function writeKey(file: string, key: TestKey, mode = 0o600): void {
  writeFileSync(file, key.privateKey, { mode });
}
