import { z } from 'zod';

import { apiPath } from '../path';
import { nothing } from '../schemas';
import type { CallOptions, ParameterValue, ProxmoxClient } from '../types';
import type { GuestPlace } from './guests';

/** Parameters of a changing request. */
export type BuildParameters = Readonly<Record<string, ParameterValue>>;

const upid = z.string().startsWith('UPID:');

/** What is asked of a guest by `POST /nodes/{node}/qemu/{vmid}/...`; each begins a task. */
export type GuestTask = 'clone' | 'migrate' | 'template' | 'status/start' | 'status/stop' | 'status/shutdown';

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

/**
 * `PUT /nodes/{node}/qemu/{vmid}/resize`: a disk grows to a size, in a task on 8.4 and 9 (recording b6). The digest is
 * looked at in the task. As large already: the task does nothing; larger: it fails, nothing shrinks (behaviour: 5.15).
 */
export function growDisk(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  digest: string,
  { disk, toBytes }: { readonly disk: string; readonly toBytes: number },
  options: CallOptions = {},
): Promise<string> {
  const path = apiPath`/nodes/${node}/qemu/${vmid}/resize`;
  const parameters = { disk, size: String(toBytes), digest };
  return client.change({ ...options, method: 'PUT', node, path, parameters }, upid);
}

/**
 * `DELETE /nodes/{node}/qemu/{vmid}` with `purge`: also out of HA, backups and replication. Only volumes that its
 * configuration names go with it. It takes no digest (reference: late duplicates).
 */
export function deleteQemu(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  options: CallOptions = {},
): Promise<string> {
  const path = apiPath`/nodes/${node}/qemu/${vmid}`;
  const parameters = { purge: true, 'destroy-unreferenced-disks': false };
  return client.change({ ...options, method: 'DELETE', node, path, parameters }, upid);
}
