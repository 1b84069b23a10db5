import { z } from 'zod';

import { apiPath } from '../path';
import { nothing } from '../schemas';
import type { CallOptions, ParameterValue, ProxmoxClient } from '../types';
import type { GuestPlace } from './guests';

/** Parameters of a changing request. */
export type BuildParameters = Readonly<Record<string, ParameterValue>>;

const upid = z.string().startsWith('UPID:');

/** `POST /nodes/{node}/storage/{storage}/download-url`: with a checksum a file that is right already is left alone. */
export function downloadUrl(
  client: ProxmoxClient,
  { node, storage }: { readonly node: string; readonly storage: string },
  parameters: BuildParameters,
  options: CallOptions = {},
): Promise<string> {
  const path = apiPath`/nodes/${node}/storage/${storage}/download-url`;
  return client.change({ ...options, method: 'POST', node, path, parameters }, upid);
}

/** `POST /nodes/{node}/qemu`. Refused where the VMID exists: that makes a late duplicate harmless. */
export function createQemu(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  parameters: BuildParameters,
  options: CallOptions = {},
): Promise<string> {
  const call = { method: 'POST', node, path: apiPath`/nodes/${node}/qemu` } as const;
  return client.change({ ...options, ...call, parameters: { vmid, ...parameters } }, upid);
}

/** What is asked of a guest by `POST /nodes/{node}/qemu/{vmid}/...`; each begins a task. */
export type GuestTask = 'clone' | 'template' | 'status/start' | 'status/stop';

/** `POST /nodes/{node}/qemu/{vmid}/{task}`. */
export function beginGuestTask(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  task: GuestTask,
  parameters: BuildParameters = {},
  options: CallOptions = {},
): Promise<string> {
  const path = `${apiPath`/nodes/${node}/qemu/${vmid}`}/${task}`;
  return client.change({ ...options, method: 'POST', node, path, parameters }, upid);
}

/** `PUT /nodes/{node}/qemu/{vmid}/config`, only if the configuration is still the one of this digest. */
export async function changeConfig(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  digest: string,
  parameters: BuildParameters,
  options: CallOptions = {},
): Promise<void> {
  const path = apiPath`/nodes/${node}/qemu/${vmid}/config`;
  const call = { method: 'PUT', node, path, parameters: { ...parameters, digest } } as const;
  await client.change({ ...options, ...call }, nothing);
}

/** `DELETE /nodes/{node}/qemu/{vmid}` with `purge`. It takes no digest (reference: late duplicates). */
export function deleteQemu(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  options: CallOptions = {},
): Promise<string> {
  const path = apiPath`/nodes/${node}/qemu/${vmid}`;
  return client.change({ ...options, method: 'DELETE', node, path, parameters: { purge: true } }, upid);
}

/**
 * `DELETE /nodes/{node}/storage/{storage}/content/{volume}`, waiting up to 30 s; undefined: it is gone, else the UPID of
 * the task that goes on. Nothing is checked but linked clones (behaviour: 7.8).
 */
export async function deleteVolume(
  client: ProxmoxClient,
  { node, storage, volume }: { readonly node: string; readonly storage: string; readonly volume: string },
  options: CallOptions = {},
): Promise<string | undefined> {
  const path = apiPath`/nodes/${node}/storage/${storage}/content/${volume}`;
  const call = { method: 'DELETE', node, path, parameters: { delay: 30 } } as const;
  return client.change(
    { ...options, ...call },
    upid.nullish().transform((text) => text ?? undefined),
  );
}
