import type { RestRequest } from '../recording';
import type { IdentityTable } from '../state/schema';
import type { LearnedIds } from '../compare/learned';

/** Gives the headers that prove who asks: a token, or a ticket's cookie with its CSRF token. */
export interface Credentials {
  /** Headers of a token, e.g. `claude-code@pve!wfe`. */
  readonly token: (id: string) => Record<string, string>;
  /** Headers of a ticket of a user; taken anew for every request that needs one. */
  readonly ticket: (userid: string) => Promise<Record<string, string>>;
  /** The same of a ticket that a node has given once, and that is kept. */
  readonly keptTicket: (userid: string, node: string) => Promise<Record<string, string>>;
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
  const [, ticketOf, node, without] = /^(\S+) ticket(?: of (\S+))?( without CSRF token)?$/.exec(who) ?? [];
  if (ticketOf === undefined) return credentials.token(who);
  const headers = await (node === undefined
    ? credentials.ticket(ticketOf)
    : credentials.keptTicket(ticketOf, node));
  return without === undefined ? headers : withoutCsrfToken(headers);
}

function withoutCsrfToken(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'CSRFPreventionToken'));
}
