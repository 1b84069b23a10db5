import { makeKey } from '../ssh/support/keys';
import { namedNeedles, type Needle } from './search';

/** An SSH key with a passphrase; both are canaries. */
export interface CanaryKey {
  /** The encrypted key, as it stands in a file. */
  readonly file: string;
  /** For authorized_keys. */
  readonly publicLine: string;
  readonly needles: readonly Needle[];
}

/** The bytes of an ed25519 key that are secret stand at the end of its PKCS#8 form (RFC 8410). */
const seedBytes = 32;

/** Makes a key. Searched for are its file's private lines, and what it is without a passphrase, in memory and in a file. */
export function newCanaryKey(passphrase: string): CanaryKey {
  const { privateKey, publicLine, parsed } = makeKey('ed25519', passphrase);
  const [unlocked = ''] = linesOf(parsed.getPrivatePEM());
  const seed = Buffer.from(unlocked, 'base64').subarray(-seedBytes);
  return {
    file: privateKey,
    publicLine,
    needles: [
      // The first lines hold the public half.
      ...linesOf(privateKey)
        .slice(-3)
        .flatMap((line) => namedNeedles('the SSH key file', line)),
      ...namedNeedles('the unlocked SSH key', unlocked),
      ...namedNeedles('the unlocked SSH key in hexadecimal', seed.toString('hex')),
      { form: 'the unlocked SSH key: bytes', bytes: seed },
    ],
  };
}

function linesOf(pem: string): string[] {
  return pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
}
