import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { maybe, numeric } from '../schemas';

const users = z.array(
  z.object({
    userid: z.string(),
    expire: maybe(numeric),
    tokens: maybe(z.array(z.object({ tokenid: z.string(), expire: maybe(numeric) }))),
  }),
);

/** When a token and its owner expire: seconds since the epoch, 0 for never. */
export interface TokenExpiry {
  readonly tokenSeconds: number;
  readonly userSeconds: number;
}

/**
 * `GET /access/users?full=1`, because a token may not read itself at `/access/users/{user}/token` (published schema: the
 * check `self` means the user). Undefined: the token is not shown its user, which takes Sys.Audit on /access/groups.
 */
export async function tokenExpiry(
  client: ProxmoxClient,
  account: { readonly user: string; readonly tokenName: string },
  options: CallOptions = {},
): Promise<TokenExpiry | undefined> {
  const rows = await client.read({ ...options, path: '/access/users', query: { full: true } }, users);
  const user = rows.find(({ userid }) => userid === account.user);
  const token = user?.tokens?.find(({ tokenid }) => tokenid === account.tokenName);
  if (user === undefined || token === undefined) return undefined;
  return { tokenSeconds: token.expire ?? 0, userSeconds: user.expire ?? 0 };
}
