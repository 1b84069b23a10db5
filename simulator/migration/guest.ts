import { guestLock, type GuestState } from '../cluster/guests';
import { guestOnNode } from '../cluster/state';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';

/** The virtual machine of the call, if its configuration is on the node and has no lock; otherwise fails. */
export function migratableGuest({ cluster, node, parameters }: ApiCall): GuestState {
  const vmid = parameters.integer('vmid');
  const guest =
    guestOnNode(cluster, node.name, vmid, 'qemu') ??
    fail(`Configuration file 'nodes/${node.name}/qemu-server/${vmid}.conf' does not exist`);
  const lock = guestLock(guest);
  if (lock !== undefined) fail(`VM is locked (${lock})`);
  return guest;
}
