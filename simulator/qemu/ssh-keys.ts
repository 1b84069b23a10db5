import { fail } from '../http/errors';

/** Fails with Proxmox's text unless every line of the percent-encoded text is a public key. */
export function requireSshKeys(encoded: string): void {
  const lines = decodeURIComponent(encoded)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0 || !lines.every(isPublicKey)) fail('SSH public key validation error');
}

/** A key is its type and base64 text, which holds the type again and further fields, each with its length. */
function isPublicKey(line: string): boolean {
  const [, type = '', text = ''] = /(?:^|\s)((?:ssh|ecdsa|sk)-\S+)\s+([A-Za-z0-9+/=]+)/.exec(line) ?? [];
  const data = Buffer.from(text, 'base64');
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= data.length) {
    const length = data.readUInt32BE(at);
    fields.push(data.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return at === data.length && fields.length > 1 && fields[0]?.toString() === type;
}
