import { z } from 'zod';

import { ManagerError } from '../../domain/errors';
import { apiPath } from '../path';
import { maybe } from '../schemas';
import type { CallOptions, ProxmoxClient } from '../types';
import type { GuestPlace } from './guests';

/** `POST .../agent/ping`: whether the guest's agent answers. Changes nothing, so a lost answer counts as none. */
export async function agentAnswers(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  options: CallOptions = {},
): Promise<boolean> {
  try {
    const path = apiPath`/nodes/${node}/qemu/${vmid}/agent/ping`;
    await client.change({ ...options, method: 'POST', node, path }, z.unknown());
    return true;
  } catch (error) {
    if (isSilence(error)) return false;
    throw error;
  }
}

const interfaces = z
  .object({
    result: z.array(
      z.object({
        name: z.string(),
        'ip-addresses': maybe(z.array(z.object({ 'ip-address': z.string() }))),
      }),
    ),
  })
  .transform(({ result }) =>
    result
      .filter(({ name }) => name !== 'lo')
      .flatMap((it) => it['ip-addresses'] ?? [])
      .map((it) => it['ip-address']),
  );

/** `GET .../agent/network-get-interfaces`: addresses of the guest, without those of the loopback interface. */
export async function agentAddresses(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  options: CallOptions = {},
): Promise<readonly string[]> {
  const path = apiPath`/nodes/${node}/qemu/${vmid}/agent/network-get-interfaces`;
  return client.read({ ...options, node, path, kind: 'slow' }, interfaces);
}

/** A file of a guest; `disabled`: its agent lets nobody read files, as those of RHEL 9 and its rebuilds do by default. */
export type AgentFile = { readonly content: string } | 'missing' | 'disabled';

/**
 * `GET .../agent/file-read`: a small file of the guest. On 9 it needs VM.GuestAgent.FileRead, which the token has in the
 * pool pxm-builds only (reference: guest agent).
 */
export async function agentFile(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  file: string,
  options: CallOptions = {},
): Promise<AgentFile> {
  const path = apiPath`/nodes/${node}/qemu/${vmid}/agent/file-read`;
  const answer = z.object({ content: z.string() });
  try {
    return await client.read({ ...options, node, path, query: { file }, kind: 'slow' }, answer);
  } catch (error) {
    if (!isSilence(error)) throw error;
    return /has been disabled|not allowed/i.test(error.problem.proxmoxSaid ?? '') ? 'disabled' : 'missing';
  }
}

/** 500 with words like `QEMU guest agent is not running` or `Agent error: failed to open file`. */
function isSilence(error: unknown): error is ManagerError {
  return error instanceof ManagerError && ['ProxmoxFailed', 'OutcomeUnknown'].includes(error.code);
}
