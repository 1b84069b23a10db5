const tokenIdForm = /^[^\s:/!@]+@[A-Za-z][A-Za-z0-9.\-_]+![A-Za-z][A-Za-z0-9.\-_]+$/;
/** What may stand in an HTTP header's value, without blanks. Proxmox itself gives out UUIDs. */
const secretForm = /^[\x21-\x7e]+$/;

/** What a stored token should be, for messages. */
export const expectedTokenEntry = 'the token id (user@realm!name) on line 1 and the secret on line 2';

/** The two-line form: token id, then secret; or what is wrong with it, without any of its content. */
export function readTokenEntry(
  text: string,
): { readonly tokenId: string; readonly secret: string } | { readonly malformed: string } {
  const lines = text.replace(/(?:\r?\n)+$/, '').split(/\r?\n/);
  if (lines.length !== 2) return { malformed: `it has ${lines.length} line(s) instead of two` };
  const [tokenId = '', secret = ''] = lines;
  const malformed = faultOfToken(tokenId, secret, { id: 'line 1', secret: 'line 2' });
  return malformed === undefined ? { tokenId, secret } : { malformed };
}

/** What is wrong with the two parts, which `parts` names; undefined if nothing is. No content is shown. */
export function faultOfToken(
  tokenId: string,
  secret: string,
  parts: { readonly id: string; readonly secret: string },
): string | undefined {
  if (!tokenIdForm.test(tokenId)) return `${parts.id} is no token id of the form user@realm!name`;
  return secretForm.test(secret)
    ? undefined
    : `${parts.secret} is empty or has characters that no token secret has`;
}
