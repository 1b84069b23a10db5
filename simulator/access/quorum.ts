import { isQuorate } from '../cluster/quorum';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';

/** Changes of user.cfg need quorum (behaviour.md 1.6): `<what> failed: cfs-lock ... no quorum!`. */
export function requireAccessQuorum({ cluster, node }: ApiCall, prefix: string): void {
  if (!isQuorate(cluster, node)) fail(`${prefix}: cfs-lock 'file-user_cfg' error: no quorum!`);
}
