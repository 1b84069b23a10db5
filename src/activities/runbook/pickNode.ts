import { ManagerError, problem } from '../../domain/errors';
import { clusterResources } from '../../proxmox/api/cluster';
import type { ProxmoxClient } from '../../proxmox/types';

const unitBytes: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/**
 * The node that is online, has a storage with room if one is named, and has the most memory left; none of `except`.
 * Sizes without a unit count as Proxmox counts them: memory in MiB, room in GiB.
 */
export async function pickNode(
  proxmox: ProxmoxClient,
  signal: AbortSignal,
  { memory, storage, room, except }: Readonly<Record<string, string>>,
): Promise<string> {
  const excluded = new Set((except ?? '').split(',').map((it) => it.trim()));
  const leastMemory = bytesOf(memory, 'M');
  const leastRoom = bytesOf(room, 'G');
  const nodes = await clusterResources(proxmox, 'node', { signal });
  const storages = storage === undefined ? [] : await clusterResources(proxmox, 'storage', { signal });
  const hasRoom = (node: string) =>
    storage === undefined ||
    storages.some(
      (row) =>
        row.node === node &&
        row.storage === storage &&
        row.status === 'available' &&
        (row.maxdisk ?? 0) - (row.disk ?? 0) >= leastRoom,
    );
  const [best] = nodes
    .map((row) => ({
      node: row.node,
      isOnline: row.status === 'online',
      free: (row.maxmem ?? 0) - (row.mem ?? 0),
    }))
    .filter(
      ({ node, isOnline, free }) => isOnline && !excluded.has(node) && free >= leastMemory && hasRoom(node),
    )
    .toSorted((one, other) => other.free - one.free || (one.node < other.node ? -1 : 1));
  if (best !== undefined) return best.node;
  const wishes = [
    ...(memory === undefined ? [] : [`${memory} of memory left`]),
    ...(storage === undefined
      ? []
      : [`the storage ${storage}${room === undefined ? '' : ` with ${room} left`}`]),
  ];
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: 'pick a node',
      failed: `no node that is online has ${wishes.join(' and ') || 'been left'}`,
      remedy: 'Look with pxm nodes and pxm storage; ask for less, or make room.',
    }),
  );
}

function bytesOf(size: string | undefined, unit: 'M' | 'G'): number {
  const [, number, written] = /^(\d+(?:\.\d+)?)([KMGT])?$/.exec(size ?? '') ?? [];
  return number === undefined ? 0 : Number(number) * (unitBytes[written ?? unit] ?? 1);
}
