import type { ApiCall } from '../http/call';
import { NotSimulated } from '../http/errors';

/** Calls that Proxmox hands to its HA manager: the simulator has none that acts, and says so with 501. */
export function requireNotHaManaged(call: ApiCall, vmid: number): void {
  const resource = call.cluster.ha.resources.get(`vm:${vmid}`);
  if (resource !== undefined && resource.state !== 'ignored') throw new NotSimulated(call.endpoint);
}
