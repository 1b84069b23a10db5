import { ManagerError } from '../../domain/errors';
import type { CallOptions, ProxmoxClient } from '../types';
import { textual } from '../schemas';

/**
 * `GET /cluster/nextid?vmid=`: whether no guest has this VMID. Right also for a token that sees no guest: it needs a
 * valid login only (observed: Authentication). Nothing is reserved by asking (behaviour: 4.4).
 */
export async function isVmidFree(
  client: ProxmoxClient,
  vmid: number,
  options: CallOptions = {},
): Promise<boolean> {
  try {
    await client.read({ ...options, path: '/cluster/nextid', query: { vmid } }, textual);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof ManagerError &&
    error.code === 'RequestRefused' &&
    / already exists/.test(error.problem.proxmoxSaid ?? '')
  );
}
