import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { apiPath } from '../path';
import { numeric } from '../schemas';

/** `GET /nodes/{node}/time`: the node's clock, seconds since the epoch, whole. Needs Sys.Audit on the node. */
export async function nodeTimeSeconds(
  client: ProxmoxClient,
  node: string,
  options: CallOptions = {},
): Promise<number> {
  const answer = z.object({ time: numeric }).transform(({ time }) => time);
  return client.read({ ...options, node, path: apiPath`/nodes/${node}/time` }, answer);
}

const interfaces = z.array(z.object({ iface: z.string(), type: z.string() }));

/** What guests' network cards can be attached to, in the words of Proxmox's interface types. */
const bridgeTypes: ReadonlySet<string> = new Set(['bridge', 'OVSBridge', 'vnet']);

/**
 * `GET /nodes/{node}/network`: names of the bridges that are configured on a node, and with `virtual` those of the SDN
 * too, of which a token sees only what it may use. Any valid token may ask.
 */
export async function nodeBridges(
  client: ProxmoxClient,
  node: string,
  { virtual = false, ...options }: CallOptions & { readonly virtual?: boolean } = {},
): Promise<string[]> {
  const query = virtual ? { type: 'any_bridge' } : {};
  const rows = await client.read(
    { ...options, node, path: apiPath`/nodes/${node}/network`, query },
    interfaces,
  );
  return rows.filter(({ type }) => bridgeTypes.has(type)).map(({ iface }) => iface);
}
