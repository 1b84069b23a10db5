import type { Identity } from './state';

/** Who commands on a node act as. */
export const rootIdentity: Identity = {
  user: 'root@pam',
  tokenId: undefined,
  authId: 'root@pam',
  isRoot: true,
};
