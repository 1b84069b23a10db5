import { ManagerError, problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import type { TokenCredentials } from './contract';

const tokenIdForm = /^[^\s:/!@]+@[A-Za-z][A-Za-z0-9.\-_]+![A-Za-z][A-Za-z0-9.\-_]+$/;
/** What may stand in an HTTP header's value, without blanks. Proxmox itself gives out UUIDs. */
const secretForm = /^[\x21-\x7e]+$/;

/**
 * Reads the two-line form: token id, then secret. Throws CredentialsMalformed, which tells what is wrong
 * with which line but shows no content.
 */
export function parseEntry(text: string, source: string): TokenCredentials {
  const lines = text.replace(/(?:\r?\n)+$/, '').split(/\r?\n/);
  if (lines.length !== 2) {
    throw malformed(source, `it has ${lines.length} line(s) instead of two`);
  }
  return toCredentials(lines[0] ?? '', lines[1] ?? '', source, { id: 'line 1', secret: 'line 2' });
}

/** Checks the two parts. `parts` names them in the error. */
export function toCredentials(
  tokenId: string,
  secret: string,
  source: string,
  parts: { readonly id: string; readonly secret: string },
): TokenCredentials {
  if (!tokenIdForm.test(tokenId)) {
    throw malformed(source, `${parts.id} is no token id of the form user@realm!name`);
  }
  if (!secretForm.test(secret)) {
    throw malformed(source, `${parts.secret} is empty or has characters that no token secret has`);
  }
  return { tokenId, secret: new Secret(secret) };
}

function malformed(source: string, failed: string): ManagerError {
  return new ManagerError(problem('CredentialsMalformed', { attempted: `read ${source}`, failed }));
}
