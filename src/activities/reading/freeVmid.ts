import type { FreeVmid } from '../../domain/clusterReading';
import type { VmidQuestion } from '../../domain/readRequest';
import { clusterResources } from '../../proxmox/api/cluster';
import { isVmidFree } from '../../proxmox/api/nextId';
import type { ReadingDependencies } from './deps';
import { readMembers } from './members';
import { readingBase } from './readingBase';

/**
 * The lowest VMID of a range that no guest has. The cluster-wide list leaves out what the token may not see, so the
 * cluster itself is asked about each one that the list shows as free.
 */
export async function readFreeVmid(
  deps: ReadingDependencies,
  { first, last, except = [] }: VmidQuestion,
): Promise<FreeVmid> {
  const { options } = await readMembers(deps);
  const guests = await clusterResources(deps.client, 'vm', options);
  const taken = new Set([...guests.map((guest) => guest.vmid), ...except]);
  const base = { ...readingBase(deps, []), first, last };
  for (let vmid = first; vmid <= last; vmid += 1) {
    if (!taken.has(vmid) && (await isVmidFree(deps.client, vmid, options))) return { ...base, vmid };
  }
  return base;
}
