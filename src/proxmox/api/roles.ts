import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { flagOrNo, maybe } from '../schemas';

const roleRow = z
  .object({ roleid: z.string(), privs: maybe(z.string()), special: flagOrNo })
  .transform(({ roleid, privs, special }) => ({
    name: roleid,
    privileges: (privs ?? '').split(',').filter((privilege) => privilege !== ''),
    builtIn: special,
  }));

/** A role of the cluster. */
export type Role = z.infer<typeof roleRow>;

/** `GET /access/roles`. Any valid token may ask. */
export async function roles(client: ProxmoxClient, options: CallOptions = {}): Promise<Role[]> {
  return client.read({ ...options, path: '/access/roles' }, z.array(roleRow));
}
