import { z } from 'zod';

import { apiPath } from '../path';
import { nothing } from '../schemas';
import type { CallOptions, ParameterValue, ProxmoxClient } from '../types';
import type { GuestPlace } from './guests';

/** Parameters of a changing request. */
export type BuildParameters = Readonly<Record<string, ParameterValue>>;

const upid = z.string().startsWith('UPID:');

/** What is asked of a guest by `POST /nodes/{node}/qemu/{vmid}/...`; each begins a task. */
export type GuestTask = 'clone' | 'migrate' | 'template' | 'status/start' | 'status/stop';

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
