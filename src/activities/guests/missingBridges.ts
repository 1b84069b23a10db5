import { ManagerError } from '../../domain/errors';
import { nodeBridges } from '../../proxmox/api/nodeFacts';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';

/**
 * Those of the bridges that a node does not show. What can't be seen is no fault: a token sees only the virtual networks
 * that it may use.
 */
export async function missingBridges(
  client: ProxmoxClient,
  node: string,
  wanted: readonly string[],
  options: CallOptions,
): Promise<readonly string[]> {
  try {
    const own = await nodeBridges(client, node, options);
    const missing = wanted.filter((bridge) => !own.includes(bridge));
    if (missing.length === 0) return [];
    const all = await nodeBridges(client, node, { ...options, virtual: true });
    return missing.filter((bridge) => !all.includes(bridge));
  } catch (error) {
    if (error instanceof ManagerError && error.code !== 'Interrupted') return [];
    throw error;
  }
}
