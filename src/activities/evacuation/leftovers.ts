import { ManagerError } from '../../domain/errors';
import type { PlannedMove } from '../../domain/evacuationPlan';
import type { Leftover } from '../../domain/moveProof';
import { qemuConfig } from '../../proxmox/api/guests';
import { storageContent } from '../../proxmox/api/node';
import type { ProxmoxClient } from '../../proxmox/types';

/** What was found, and in words what could not be looked at. */
export interface LeftoverSearch {
  readonly leftovers: readonly Leftover[];
  readonly notLooked: readonly string[];
}

/**
 * Volumes of the guest where they should not be: any on the node that it left (or never reached), and on the
 * node that has it those that its configuration does not name. Two requests a local storage.
 */
export async function findLeftovers(
  proxmox: ProxmoxClient,
  move: PlannedMove,
  where: 'target' | 'source',
  signal: AbortSignal,
): Promise<LeftoverSearch> {
  const home = where === 'target' ? move.target : move.source;
  const away = where === 'target' ? move.source : move.target;
  const storages = [...new Set(move.localDisks.map((disk) => disk.storage))];
  const leftovers: Leftover[] = [];
  const notLooked: string[] = [];
  for (const storage of storages) {
    const expected = move.localDisks.filter((disk) => disk.storage === storage).length;
    const gone = await volumesOn(proxmox, { node: away, storage, vmid: move.vmid }, signal);
    const here = await volumesOn(proxmox, { node: home, storage, vmid: move.vmid }, signal);
    if (gone === undefined || here === undefined)
      notLooked.push(`leftovers on ${storage} were not looked for`);
    leftovers.push(...(gone ?? []).map((volume) => ({ node: away, volume })));
    if (here !== undefined && here.length > expected) {
      leftovers.push(...(await unnamed(proxmox, home, move.vmid, here, signal)));
    }
  }
  return { leftovers, notLooked };
}

async function volumesOn(
  proxmox: ProxmoxClient,
  where: { readonly node: string; readonly storage: string; readonly vmid: number },
  signal: AbortSignal,
): Promise<string[] | undefined> {
  try {
    const volumes = await storageContent(proxmox, where, { signal });
    return volumes.filter((volume) => volume.vmid === where.vmid).map((volume) => volume.volid);
  } catch (error) {
    if (error instanceof ManagerError && error.code !== 'Interrupted') return undefined;
    throw error;
  }
}

/** Those volumes that the guest's configuration does not name. */
async function unnamed(
  proxmox: ProxmoxClient,
  node: string,
  vmid: number,
  volumes: readonly string[],
  signal: AbortSignal,
): Promise<Leftover[]> {
  const { keys } = await qemuConfig(proxmox, { node, vmid }, { signal });
  const named = [...keys.values()];
  return volumes
    .filter((volume) => !named.some((value) => value === volume || value.startsWith(`${volume},`)))
    .map((volume) => ({ node, volume }));
}
