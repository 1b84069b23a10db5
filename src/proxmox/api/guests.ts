import { z } from 'zod';

import type { CallOptions, ProxmoxClient } from '../types';
import { apiPath } from '../path';
import { flag, flagOrNo, maybe, numeric, tagList, textual } from '../schemas';

/** Which guest, on which node. */
export interface GuestPlace {
  readonly node: string;
  readonly vmid: number;
}

const guestRow = z
  .object({
    vmid: numeric,
    name: maybe(textual),
    status: z.string(),
    template: flagOrNo,
    lock: maybe(z.string()),
    tags: tagList,
    maxmem: maybe(numeric),
    mem: maybe(numeric),
    cpus: maybe(numeric),
    cpu: maybe(numeric),
    maxdisk: maybe(numeric),
    uptime: maybe(numeric),
  })
  .transform((row) => ({
    vmid: row.vmid,
    name: row.name,
    running: row.status === 'running',
    template: row.template,
    lock: row.lock,
    tags: row.tags,
    memoryBytes: row.maxmem ?? 0,
    memoryUsedBytes: row.mem ?? 0,
    cpus: row.cpus ?? 0,
    /** Share of its CPUs that is busy, 0 to 1. */
    cpuShare: row.cpu ?? 0,
    /** Size of the boot disk (behaviour: 5.21). */
    diskBytes: row.maxdisk ?? 0,
    uptimeSeconds: row.uptime ?? 0,
  }));

/** One guest in the list of its node. Guests without VM.Audit are left out silently. */
export type GuestRow = z.infer<typeof guestRow>;

/** `GET /nodes/{node}/qemu`: the node's virtual machines, templates included. */
export async function qemuList(
  client: ProxmoxClient,
  node: string,
  options: CallOptions = {},
): Promise<GuestRow[]> {
  return client.read({ ...options, node, path: apiPath`/nodes/${node}/qemu` }, z.array(guestRow));
}

/** `GET /nodes/{node}/lxc`: the node's containers. */
export async function lxcList(
  client: ProxmoxClient,
  node: string,
  options: CallOptions = {},
): Promise<GuestRow[]> {
  return client.read({ ...options, node, path: apiPath`/nodes/${node}/lxc` }, z.array(guestRow));
}

const configAnswer = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .transform((answer) => {
    const { digest, ...rest } = answer;
    const keys = new Map(
      Object.entries(rest).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)] as const])),
    );
    return { digest: digest == null ? undefined : String(digest), keys };
  });

/** A guest's configuration: every key as text, and the digest that guards changes. */
export type GuestConfig = z.infer<typeof configAnswer>;

/**
 * `GET /nodes/{node}/qemu/{vmid}/config`: with pending changes applied, or with `current` as in force now.
 * Throws GuestNotFound if the guest is not on this node.
 */
export async function qemuConfig(
  client: ProxmoxClient,
  guest: GuestPlace,
  options: CallOptions & { readonly current?: boolean } = {},
): Promise<GuestConfig> {
  const { current, ...callOptions } = options;
  return client.read(
    {
      ...callOptions,
      node: guest.node,
      path: apiPath`/nodes/${guest.node}/qemu/${guest.vmid}/config`,
      query: { current },
    },
    configAnswer,
  );
}

const statusAnswer = z
  .object({
    status: z.string(),
    qmpstatus: maybe(z.string()),
    lock: maybe(z.string()),
    name: maybe(textual),
    template: flagOrNo,
    ha: maybe(z.object({ managed: flagOrNo, state: maybe(z.string()) })),
    uptime: maybe(numeric),
    maxmem: maybe(numeric),
    mem: maybe(numeric),
    memhost: maybe(numeric),
    cpus: maybe(numeric),
  })
  .transform((answer) => ({
    running: answer.status === 'running',
    /** QEMU's own word, e.g. running, paused, inmigrate, postmigrate, io-error. */
    qmpStatus: answer.qmpstatus,
    lock: answer.lock,
    name: answer.name,
    template: answer.template,
    /** State `ignored` reads as not managed. */
    haManaged: answer.ha?.managed ?? false,
    haState: answer.ha?.state,
    uptimeSeconds: answer.uptime ?? 0,
    memoryBytes: answer.maxmem ?? 0,
    memoryUsedBytes: answer.mem ?? 0,
    /** Only 9.x tells. */
    memoryHostBytes: answer.memhost,
    cpus: answer.cpus ?? 0,
  }));

/** What a virtual machine does right now. */
export type GuestStatus = z.infer<typeof statusAnswer>;

/**
 * `GET /nodes/{node}/qemu/{vmid}/status/current`, asked from QEMU itself. Throws GuestNotFound if the guest is
 * not on this node.
 */
export async function qemuStatus(
  client: ProxmoxClient,
  guest: GuestPlace,
  options: CallOptions = {},
): Promise<GuestStatus> {
  return client.read(
    {
      ...options,
      node: guest.node,
      path: apiPath`/nodes/${guest.node}/qemu/${guest.vmid}/status/current`,
      kind: 'slow',
    },
    statusAnswer,
  );
}

const pendingRow = z.object({
  key: z.string(),
  value: maybe(textual),
  pending: maybe(textual),
  delete: maybe(z.union([flag.transform(Number), numeric])),
});

/** One key that differs between now and the next start. */
export type PendingChange = z.infer<typeof pendingRow>;

/** `GET /nodes/{node}/qemu/{vmid}/pending`: every key, with its pending value or deletion (1, or 2 with its disk). */
export async function qemuPending(
  client: ProxmoxClient,
  guest: GuestPlace,
  options: CallOptions = {},
): Promise<PendingChange[]> {
  return client.read(
    { ...options, node: guest.node, path: apiPath`/nodes/${guest.node}/qemu/${guest.vmid}/pending` },
    z.array(pendingRow),
  );
}
