import type { DeletedMachine, DisksLeft, DisksQuestion } from '../../../domain/cluster/step';
import { ManagerError } from '../../../domain/errors';
import { storageOf, volumeName } from '../../../planning/volumes';
import { clusterResources } from '../../../proxmox/api/cluster';
import { storageContent } from '../../../proxmox/api/node';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import type { ActivityAttempt } from '../../shared/attempt';
import { lookAtMachine } from '../machine';

/** A storage of a node, and what was to be freed there. */
interface Place {
  readonly node: string;
  readonly storage: string;
  readonly volumes: string[];
  readonly vmids: Set<number>;
}

/**
 * Which volumes of machines that are gone are still there: a deletion only warns where it could not free one, e.g. for the
 * lock of a shared storage (behaviour: 5.11). One listing for each node and storage, of one VMID where only one machine
 * was there. What the token may not list is named: nothing tells of it then. Throws whatever else a listing throws.
 */
export async function lookForDisks(
  client: ProxmoxClient,
  { signal }: Pick<ActivityAttempt, 'signal'>,
  { deleted }: DisksQuestion,
): Promise<DisksLeft> {
  const options = { signal };
  const left: string[] = [];
  const notLooked: string[] = [];
  for (const place of placesOf(deleted)) {
    const found = await stillAt(client, place, options);
    if (found === undefined) notLooked.push(`${place.storage} on ${place.node} may not be listed`);
    else left.push(...found);
  }
  const theirs = await volumesOfOthers(client, deleted, left, options);
  return { left: left.filter((volume) => !theirs.has(volume)).sort(), notLooked };
}

function placesOf(deleted: readonly DeletedMachine[]): readonly Place[] {
  const places = new Map<string, Place>();
  for (const { vmid, node, volumes } of deleted) {
    for (const volume of volumes) {
      const storage = storageOf(volume);
      const key = `${node}/${storage}`;
      const place = places.get(key) ?? { node, storage, volumes: [], vmids: new Set() };
      place.volumes.push(volume);
      place.vmids.add(vmid);
      places.set(key, place);
    }
  }
  return [...places.values()];
}

/** Undefined: the token may not list it. */
async function stillAt(
  client: ProxmoxClient,
  { node, storage, volumes, vmids }: Place,
  options: CallOptions,
): Promise<readonly string[] | undefined> {
  const [vmid] = vmids.size === 1 ? vmids : [];
  try {
    const where = { node, storage, ...(vmid === undefined ? {} : { vmid }) };
    const rows = await storageContent(client, where, options);
    const names = new Set(rows.map(({ volid }) => volumeName(volid)));
    return volumes.filter((volume) => names.has(volumeName(volume)));
  } catch (error) {
    if (error instanceof ManagerError && error.code === 'PermissionMissing') return undefined;
    throw error;
  }
}

/** Whoever has a VMID by now may have made volumes of the same names. */
async function volumesOfOthers(
  client: ProxmoxClient,
  deleted: readonly DeletedMachine[],
  left: readonly string[],
  options: CallOptions,
): Promise<ReadonlySet<string>> {
  if (left.length === 0) return new Set();
  const guests = await clusterResources(client, 'vm', options);
  const owned = new Set<string>();
  for (const { vmid, volumes } of deleted.filter((it) =>
    it.volumes.some((volume) => left.includes(volume)),
  )) {
    const guest = guests.find((it) => it.vmid === vmid);
    if (guest === undefined) continue;
    // The list is up to 10 s old: what was deleted may be in it still.
    const seen = guest.type === 'qemu' ? await lookAtMachine(client, guest, options) : { volumes };
    for (const volume of seen?.volumes ?? []) owned.add(volume);
  }
  return owned;
}
