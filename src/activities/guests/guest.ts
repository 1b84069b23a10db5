import { ManagerError, problem } from '../../domain/errors';
import { readProperties } from '../../planning/template/drives';
import type { MarkedGuest } from '../../planning/template/facts';
import { parseMarker } from '../../planning/template/marker';
import { ownerOf } from '../../planning/volumes';
import { clusterResources } from '../../proxmox/api/cluster';
import { qemuConfig, type GuestConfig, type GuestPlace } from '../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { isCode } from '../shared/adoption';

/** A guest with its configuration. */
export interface SeenGuest extends MarkedGuest {
  readonly config: GuestConfig;
  readonly lock: string | undefined;
}

/** Looks at a guest on the node that should have it; undefined if it is not there. */
export async function lookAtGuest(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  options: CallOptions,
): Promise<SeenGuest | undefined> {
  try {
    const config = await qemuConfig(client, { node, vmid }, options);
    return { ...markedGuest({ node, vmid }, config), config, lock: config.keys.get('lock') };
  } catch (error) {
    if (isCode(error, 'GuestNotFound')) return undefined;
    throw error;
  }
}

/** A guest as its configuration tells it. A template's marker counts only with the guest's own VMID. */
export function markedGuest(place: GuestPlace, { keys }: GuestConfig): MarkedGuest {
  const marker = parseMarker(keys.get('description'));
  return {
    ...{ vmid: place.vmid, node: place.node },
    name: keys.get('name') ?? '',
    template: keys.get('template') === '1',
    ...(marker?.vmid === place.vmid ? { marker } : {}),
    volumes: ownVolumes(place.vmid, keys),
  };
}

const driveKey = /^((scsi|virtio|ide|sata)\d+|efidisk0|tpmstate0)$/;

function ownVolumes(vmid: number, keys: ReadonlyMap<string, string>): readonly string[] {
  return [...keys]
    .filter(([key]) => driveKey.test(key))
    .map(([, value]) => readProperties(value).first)
    .filter((volume) => ownerOf(volume) === vmid);
}

/**
 * A guest that is not where it was may have been moved. Throws PlanDrifted where its VMID is on another node: that is no
 * deletion. The list of all nodes' guests is the cluster's own and current (behaviour: 4.2), its figures are not.
 */
export async function requireNowhere(
  client: ProxmoxClient,
  attempted: string,
  { vmid, name, node }: GuestPlace & { readonly name: string },
  options: CallOptions,
): Promise<void> {
  const guests = await clusterResources(client, 'vm', options);
  const elsewhere = guests.find((it) => it.vmid === vmid && it.node !== node);
  if (elsewhere === undefined) return;
  throw new ManagerError(
    problem('PlanDrifted', {
      ...{ attempted, node: elsewhere.node },
      failed: `VM ${vmid} (${name}) is not on ${node} any more: there is a VM ${vmid} on ${elsewhere.node}`,
      remedy: 'Nothing of it was touched. skip leaves it; a new plan finds it where it is.',
    }),
  );
}

/** A guest that is in the place of ours. */
export function stranger(
  attempted: string,
  { vmid, name, node }: Pick<MarkedGuest, 'vmid' | 'name' | 'node'>,
): ManagerError {
  return new ManagerError(
    problem('PlanDrifted', {
      attempted,
      node,
      failed: `VM ${vmid} (${name || 'without a name'}) on ${node} is not the one that this operation made`,
      remedy: `Look at VM ${vmid} on ${node}; nothing of it was touched. Make a new plan.`,
    }),
  );
}
