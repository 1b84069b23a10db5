import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';

/** `GET /pools`: names of the pools that the token may see (Pool.Audit on them). */
export async function poolNames(client: ProxmoxClient, options: CallOptions = {}): Promise<string[]> {
  const rows = await client.read({ ...options, path: '/pools' }, z.array(z.object({ poolid: z.string() })));
  return rows.map(({ poolid }) => poolid);
}
