import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { flag, flagOrNo, maybe, numeric, tagList, textual } from '../schemas';

/** What the contacted node knows of its cluster, from corosync: current within seconds (behaviour: 4.1). */
export interface ClusterStatus {
  /** Proxmox's name of the cluster; absent on a node without one. */
  readonly name?: string | undefined;
  /** A node without a cluster counts as quorate. */
  readonly quorate: boolean;
  readonly nodes: readonly ClusterMember[];
}

/** One member of the cluster. */
interface ClusterMember {
  readonly name: string;
  readonly online: boolean;
  readonly ip?: string | undefined;
}

const statusRows = z
  .array(
    z.object({
      type: z.string(),
      name: z.string(),
      quorate: maybe(flag),
      online: flagOrNo,
      ip: maybe(z.string()),
    }),
  )
  .transform((rows): ClusterStatus => {
    const cluster = rows.find((row) => row.type === 'cluster');
    return {
      name: cluster?.name,
      quorate: cluster === undefined || (cluster.quorate ?? false),
      nodes: rows.filter((row) => row.type === 'node').map(({ name, online, ip }) => ({ name, online, ip })),
    };
  });

/** `GET /cluster/status`: members, who is online, quorum. Needs Sys.Audit on /. */
export async function clusterStatus(
  client: ProxmoxClient,
  options: CallOptions = {},
): Promise<ClusterStatus> {
  return client.read({ ...options, path: '/cluster/status' }, statusRows);
}

const guestRow = z.object({
  type: z.enum(['qemu', 'lxc']),
  vmid: numeric,
  node: z.string(),
  name: maybe(textual),
  status: maybe(z.string()),
  template: flagOrNo,
  lock: maybe(z.string()),
  tags: tagList,
  pool: maybe(z.string()),
  mem: maybe(numeric),
  maxmem: maybe(numeric),
  maxcpu: maybe(numeric),
  memhost: maybe(numeric),
  hastate: maybe(z.string()),
});

/** A guest in `/cluster/resources`: node, lock and tags are current, all else is up to 15 s old (behaviour: 4.2). */
type GuestResource = z.infer<typeof guestRow>;

const nodeRow = z.object({
  node: z.string(),
  status: maybe(z.string()),
  mem: maybe(numeric),
  maxmem: maybe(numeric),
  maxcpu: maybe(numeric),
  cpu: maybe(numeric),
  uptime: maybe(numeric),
  hastate: maybe(z.string()),
});

/** A node in `/cluster/resources`; figures only with Sys.Audit on it. */
type NodeResource = z.infer<typeof nodeRow>;

const storageRow = z.object({
  storage: z.string(),
  node: z.string(),
  status: maybe(z.string()),
  shared: flagOrNo,
  content: maybe(z.string()).transform((text) => (text ?? '').split(',').filter((kind) => kind !== '')),
  plugintype: maybe(z.string()),
  disk: maybe(numeric),
  maxdisk: maybe(numeric),
});

/** A storage of one node in `/cluster/resources`: one row a node, also for shared ones. */
type StorageResource = z.infer<typeof storageRow>;

const resourceSchemas = {
  vm: z.array(guestRow),
  node: z.array(nodeRow),
  storage: z.array(storageRow),
} as const;

interface ResourceRows {
  vm: GuestResource[];
  node: NodeResource[];
  storage: StorageResource[];
}

/**
 * `GET /cluster/resources?type=`: every guest, node or storage that the token may see. Never use it to learn
 * whether a guest runs or has moved (behaviour: 4.2): ask the owning node.
 */
export async function clusterResources<T extends keyof ResourceRows>(
  client: ProxmoxClient,
  type: T,
  options: CallOptions = {},
): Promise<ResourceRows[T]> {
  const schema: { readonly [K in keyof ResourceRows]: z.ZodType<ResourceRows[K]> } = resourceSchemas;
  return client.read({ ...options, path: '/cluster/resources', query: { type } }, schema[type]);
}

const haResourceRow = z.object({
  sid: z.string(),
  type: maybe(z.string()),
  /** Requested state; `ignored` means HA leaves the guest alone. */
  state: maybe(z.string()),
});

/** One guest under HA management. */
export type HaResource = z.infer<typeof haResourceRow>;

/** `GET /cluster/ha/resources`: the guests that HA manages, sid `vm:101` or `ct:101`. Needs Sys.Audit on /. */
export async function haResources(client: ProxmoxClient, options: CallOptions = {}): Promise<HaResource[]> {
  return client.read({ ...options, path: '/cluster/ha/resources' }, z.array(haResourceRow));
}
