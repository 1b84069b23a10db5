import type { GuestState } from '../cluster/guests';
import { guestOnNode, type ClusterState } from '../cluster/state';
import type { ApiCall } from '../http/call';
import { fail } from '../http/errors';

/** The virtual machine that the call names; ends with Proxmox's text if its configuration is not on the node. */
export function machineOf({ cluster, node, parameters }: ApiCall): GuestState {
  return machineOnNode(cluster, node.name, parameters.integer('vmid'));
}

/** The virtual machine whose configuration is on the node; else fails as reading a missing file does. */
export function machineOnNode(cluster: ClusterState, node: string, vmid: number): GuestState {
  return (
    guestOnNode(cluster, node, vmid, 'qemu') ??
    fail(`Configuration file 'nodes/${node}/qemu-server/${vmid}.conf' does not exist`)
  );
}

/** The same, with the text of code that looks for a process (stop, clone, ...; recordings b3, d3). */
export function machineForProcess(cluster: ClusterState, node: string, vmid: number): GuestState {
  return (
    guestOnNode(cluster, node, vmid, 'qemu') ??
    fail(`unable to find configuration file for VM ${vmid} on node '${node}'`)
  );
}

/** Fails with "VM is locked (<lock>)" if the configuration has a lock, except for those in `but`. */
export function requireUnlocked(guest: GuestState, but: readonly string[] = []): void {
  const lock = guest.config.get('lock');
  if (lock !== undefined && !but.includes(lock)) fail(`VM is locked (${lock})`);
}

/** Fails with "<what> - protection mode enabled" if the configuration is protected. */
export function requireUnprotected(guest: GuestState, what: string): void {
  if (guest.config.get('protection') === '1') fail(`${what} - protection mode enabled`);
}
