import type { NodeProof } from '../../domain/moveProof';
import { lxcList, qemuList } from '../../proxmox/api/guests';
import type { ActivityDependencies } from '../dependencies';
import type { ActivityAttempt } from '../shared/attempt';

/** Lists what a node holds, from the node itself. Fails if it can't be listed: then it is never called empty. */
export async function listNode(
  { proxmox }: ActivityDependencies,
  { signal }: ActivityAttempt,
  node: string,
): Promise<NodeProof> {
  const machines = await qemuList(proxmox, node, { signal });
  const containers = await lxcList(proxmox, node, { signal });
  const guests = [
    ...machines.map(({ vmid, name }) => ({ vmid, name: name ?? `VM ${vmid}`, kind: 'qemu' as const })),
    ...containers.map(({ vmid, name }) => ({ vmid, name: name ?? `CT${vmid}`, kind: 'lxc' as const })),
  ];
  return { listed: true, guests: guests.toSorted((one, other) => one.vmid - other.vmid) };
}
