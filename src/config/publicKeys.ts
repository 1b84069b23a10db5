import { readPlainFile } from './readPlainFile';

/** What a line of a file of public keys looks like, without options before the key. */
export const publicKeyPattern =
  /^(ssh-(ed25519|rsa)|ecdsa-sha2-\S+|sk-(ssh|ecdsa)-\S+) [A-Za-z0-9+/=]+( .*)?$/;

/**
 * The public keys of a file, each once, in its order; or why there are none, as the end of a sentence about the file.
 * Options before a key, comments and whatever is no key are left out.
 */
export function readPublicKeys(
  path: string,
): { readonly keys: readonly string[] } | { readonly refused: string } {
  const read = readPlainFile(path);
  if ('refused' in read) return read;
  const text = Buffer.from(read.bytes).toString('utf8');
  if (text.includes('PRIVATE KEY')) return { refused: 'is a private key' };
  const keys = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => publicKeyPattern.test(line));
  return { keys: [...new Set(keys)] };
}
