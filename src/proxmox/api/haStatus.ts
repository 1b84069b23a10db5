import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { maybe } from '../schemas';

const statusRow = z.object({
  type: z.string(),
  node: maybe(z.string()),
  sid: maybe(z.string()),
  state: maybe(z.string()),
  status: maybe(z.string()),
  'armed-state': maybe(z.string()),
});

const statusAnswer = z.array(statusRow).transform((rows) => ({
  /** The node whose manager decides; absent where HA has never been used. */
  master: rows.find((row) => row.type === 'master')?.node,
  /** `standby`, `armed`, `disarming` or `disarmed`; only 9.2 tells. */
  armedState: rows.find((row) => row.type === 'fencing')?.['armed-state'],
  /** Nodes whose local manager is in maintenance mode. 8.4 tells it in words only (observed: HA). */
  maintenanceNodes: rows
    .filter((row) => row.type === 'lrm' && row.status?.includes('maintenance mode') === true)
    .flatMap((row) => row.node ?? []),
  services: rows
    .filter((row) => row.type === 'service')
    .map((row) => ({ sid: row.sid ?? '', node: row.node, state: row.state ?? 'unknown' })),
}));

/** What the HA manager last wrote down. */
export type HaStatus = z.infer<typeof statusAnswer>;

/** `GET /cluster/ha/status/current` (recordings j1, 9 h1, 9 h3). Needs Sys.Audit on /. */
export async function haStatus(client: ProxmoxClient, options: CallOptions = {}): Promise<HaStatus> {
  return client.read({ ...options, path: '/cluster/ha/status/current' }, statusAnswer);
}
