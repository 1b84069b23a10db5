import type { RestRequest } from '../recording';
import type { IdentityTable } from '../state/schema';
import type { LearnedIds } from '../compare/learned';

/** Gives the headers that prove who asks: a token, or a ticket's cookie with its CSRF token. */
export interface Credentials {
  /** Headers of a token, e.g. `claude-code@pve!wfe`. */
  readonly token: (id: string) => Record<string, string>;
  /** Headers of a ticket of a user; taken anew for every request that needs one. */
  readonly ticket: (userid: string) => Promise<Record<string, string>>;
}

const schemes = /^\s*(?:PVEAPIToken|Bearer|Basic|pveapitoken)\b/;

/**
 * The headers for a recorded request's `auth`: nothing recorded means the recorder's own token, null means none, a
 * label or token id is looked up, anything else is a literal Authorization header.
 */
export async function authorizationOf(
  request: RestRequest,
  identities: IdentityTable,
  credentials: Credentials,
  learned: LearnedIds,
): Promise<Record<string, string>> {
  const { auth } = request;
  if (auth === null) return {};
  if (auth !== undefined && schemes.test(auth)) return { Authorization: learned.substitute(auth) };
  const who = identities[auth ?? 'default'] ?? auth ?? '';
  if (who === 'none') return {};
  const ticketOf = /^(\S+) ticket$/.exec(who)?.[1];
  return ticketOf === undefined ? credentials.token(who) : credentials.ticket(ticketOf);
}
