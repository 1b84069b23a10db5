import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { apiPath } from '../path';
import { flagOrNo, maybe, numeric } from '../schemas';

const versionAnswer = z.object({ version: z.string(), release: z.string() });

/** Version of pve-manager, e.g. version `8.4.1`, release `8.4`. */
export type ProxmoxVersion = z.infer<typeof versionAnswer>;

/** `GET /version` of whichever node answers. */
export async function version(client: ProxmoxClient, options: CallOptions = {}): Promise<ProxmoxVersion> {
  return client.read({ ...options, path: '/version' }, versionAnswer);
}

/** `GET /nodes/{node}/version`. */
export async function nodeVersion(
  client: ProxmoxClient,
  node: string,
  options: CallOptions = {},
): Promise<ProxmoxVersion> {
  return client.read({ ...options, node, path: apiPath`/nodes/${node}/version` }, versionAnswer);
}

const nodeStatusAnswer = z
  .object({
    memory: z.object({ total: numeric, used: numeric, free: numeric, available: maybe(numeric) }),
    cpuinfo: z.object({ cpus: numeric }),
    cpu: maybe(numeric),
    uptime: numeric,
    pveversion: z.string(),
  })
  .transform(({ memory, cpuinfo, cpu, uptime, pveversion }) => ({
    memoryTotalBytes: memory.total,
    memoryUsedBytes: memory.used,
    memoryFreeBytes: memory.free,
    cpus: cpuinfo.cpus,
    /** Share of all CPUs that is busy, 0 to 1. */
    cpuShare: cpu ?? 0,
    uptimeSeconds: uptime,
    pveVersion: pveversion,
  }));

/** Memory, processors and version of one node, read from itself. */
export type NodeStatus = z.infer<typeof nodeStatusAnswer>;

/** `GET /nodes/{node}/status`. Needs Sys.Audit on the node. */
export async function nodeStatus(
  client: ProxmoxClient,
  node: string,
  options: CallOptions = {},
): Promise<NodeStatus> {
  return client.read({ ...options, node, path: apiPath`/nodes/${node}/status` }, nodeStatusAnswer);
}

const storageRow = z
  .object({
    storage: z.string(),
    type: z.string(),
    content: z.string(),
    shared: flagOrNo,
    enabled: flagOrNo,
    active: flagOrNo,
    avail: maybe(numeric),
    total: maybe(numeric),
    used: maybe(numeric),
  })
  .transform((row) => ({
    storage: row.storage,
    type: row.type,
    content: row.content.split(','),
    shared: row.shared,
    enabled: row.enabled,
    active: row.active,
    availableBytes: row.avail ?? 0,
    totalBytes: row.total ?? 0,
    usedBytes: row.used ?? 0,
  }));

/** One storage as its node sees it. */
export type NodeStorage = z.infer<typeof storageRow>;

/** `GET /nodes/{node}/storage`: storages that the token may see, with room. Slow where a storage hangs. */
export async function nodeStorages(
  client: ProxmoxClient,
  node: string,
  options: CallOptions = {},
): Promise<NodeStorage[]> {
  return client.read(
    { ...options, node, path: apiPath`/nodes/${node}/storage`, kind: 'slow' },
    z.array(storageRow),
  );
}

const volumeRow = z
  .object({ volid: z.string(), content: z.string(), size: maybe(numeric), vmid: maybe(numeric) })
  .transform(({ volid, content, size, vmid }) => ({ volid, content, sizeBytes: size ?? 0, vmid }));

/** One volume of a storage. */
export type StorageVolume = z.infer<typeof volumeRow>;

/** `GET /nodes/{node}/storage/{storage}/content`: the volumes of one guest, or all; of one kind (`snippets`), or each. */
export async function storageContent(
  client: ProxmoxClient,
  where: {
    readonly node: string;
    readonly storage: string;
    readonly vmid?: number;
    readonly content?: string;
  },
  options: CallOptions = {},
): Promise<StorageVolume[]> {
  const { node, storage, vmid, content } = where;
  return client.read(
    {
      ...options,
      node,
      path: apiPath`/nodes/${node}/storage/${storage}/content`,
      query: { vmid, content },
      kind: 'slow',
    },
    z.array(volumeRow),
  );
}
