import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { flag } from '../schemas';

const permissionsAnswer = z
  .record(z.string(), z.record(z.string(), flag))
  .transform(
    (paths) => new Map(Object.entries(paths).map(([path, given]) => [path, new Set(Object.keys(given))])),
  );

/** Privileges by path. */
export type Permissions = z.infer<typeof permissionsAnswer>;

/** `GET /access/permissions`: what the token itself may do, by path. Any valid token may ask. */
export async function permissions(client: ProxmoxClient, options: CallOptions = {}): Promise<Permissions> {
  return client.read({ ...options, path: '/access/permissions' }, permissionsAnswer);
}
