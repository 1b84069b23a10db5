import { faultOfToken, readTokenEntry } from '../config/tokenEntry';
import { ManagerError, problem } from '../domain/errors';
import { Secret } from '../domain/secret';
import type { TokenCredentials } from './contract';

/**
 * Reads the two-line form: token id, then secret. Throws CredentialsMalformed, which tells what is wrong
 * with which line but shows no content.
 */
export function parseEntry(text: string, source: string): TokenCredentials {
  const entry = readTokenEntry(text);
  if ('malformed' in entry) throw malformed(source, entry.malformed);
  return { tokenId: entry.tokenId, secret: new Secret(entry.secret) };
}

/** Checks the two parts. `parts` names them in the error. */
export function toCredentials(
  tokenId: string,
  secret: string,
  source: string,
  parts: { readonly id: string; readonly secret: string },
): TokenCredentials {
  const fault = faultOfToken(tokenId, secret, parts);
  if (fault !== undefined) throw malformed(source, fault);
  return { tokenId, secret: new Secret(secret) };
}

function malformed(source: string, failed: string): ManagerError {
  return new ManagerError(problem('CredentialsMalformed', { attempted: `read ${source}`, failed }));
}
