import { ApiError } from '../http/errors';
import type { NodeState } from '../cluster/nodes';
import type { ClusterState } from '../cluster/state';
import { fullTokenId, type Identity, type UserState } from './state';
import { csrfTokenFor, readTicket } from './tickets';

/** The parts of a request that say who it is from. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly csrfToken: string | undefined;
  readonly method: string;
}

/** Who a request is from; throws the 401 of the cluster's version (behaviour.md 1.4, recordings c1). */
export function authenticate(
  cluster: ClusterState,
  contacted: NodeState,
  credentials: Credentials,
): Identity {
  const ticket = ticketOf(credentials);
  const token = tokenOf(credentials);
  if (ticket === undefined && token === undefined) throw new ApiError(401, 'No ticket');
  try {
    return ticket === undefined
      ? byToken(cluster, token ?? '')
      : byTicket(cluster, contacted, ticket, credentials);
  } catch (error) {
    if (error instanceof RefusedLogin && cluster.version.major >= 9)
      throw new ApiError(401, 'Authentication failed!');
    throw error;
  }
}

/** A reason that 8 tells and 9 keeps to itself. */
class RefusedLogin extends ApiError {
  constructor(message: string) {
    super(401, message);
  }
}

function ticketOf({ cookie, authorization }: Credentials): string | undefined {
  const fromCookie = /(?:^|;)\s*PVEAuthCookie=([^;]*)/.exec(cookie ?? '')?.[1];
  if (fromCookie !== undefined) return decodeURIComponent(fromCookie.replace(/^"|"$/g, ''));
  return /^\s*PVEAuthCookie=(.*)$/.exec(authorization ?? '')?.[1];
}

/** `PVEAPIToken` may be followed by `=` or a blank; the scheme's case matters (recording c1). */
function tokenOf({ authorization }: Credentials): string | undefined {
  return /^\s*PVEAPIToken(?:=| )(.*)$/.exec(authorization ?? '')?.[1];
}

function byTicket(
  cluster: ClusterState,
  contacted: NodeState,
  ticket: string,
  { method, csrfToken }: Credentials,
): Identity {
  const now = cluster.clock.now();
  const user = readTicket(cluster.access, contacted, ticket, now);
  if (user === undefined) throw new RefusedLogin('permission denied - invalid PVE ticket');
  requireUsable(cluster, user);
  if (method !== 'GET' && csrfToken !== csrfTokenFor(cluster.access, contacted, user)) {
    throw new ApiError(401, 'Permission denied - invalid csrf token');
  }
  return { user, tokenId: undefined, authId: user, isRoot: user === 'root@pam' };
}

function byToken(cluster: ClusterState, text: string): Identity {
  const [, full, secret] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  if (full === undefined || secret === undefined || !full.includes('!'))
    throw new RefusedLogin('no tokenid specified');
  const [, user, tokenId] =
    /^([^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+)!([A-Za-z][A-Za-z0-9.\-_]+)$/.exec(full) ?? [];
  if (user === undefined || tokenId === undefined) {
    throw new RefusedLogin(`'${full}' is not a valid token ID - not able to split into user and token parts`);
  }
  const { tokens } = requireUsable(cluster, user);
  const token = tokens.get(tokenId);
  if (token === undefined) throw new RefusedLogin(`no such token '${tokenId}' for user '${user}'`);
  if (isPast(token.expire, cluster.clock.now())) throw new RefusedLogin(`token '${tokenId}' access expired`);
  if (token.secret !== secret) throw new RefusedLogin('invalid token value!');
  return { user, tokenId, authId: fullTokenId(user, tokenId), isRoot: false };
}

function requireUsable(cluster: ClusterState, id: string): UserState {
  const user = cluster.access.users.get(id);
  if (user === undefined) throw new RefusedLogin(`no such user ('${id}')`);
  if (!user.enabled) throw new RefusedLogin(`user '${id}' is disabled`);
  if (isPast(user.expire, cluster.clock.now())) throw new RefusedLogin(`user '${id}' access expired`);
  return user;
}

function isPast(expire: number, now: number): boolean {
  return expire !== 0 && expire <= now;
}
