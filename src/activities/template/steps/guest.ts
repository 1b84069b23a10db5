import { ManagerError, problem } from '../../../domain/errors';
import type { GuestIdentity } from '../../../domain/template/step';
import type { MarkedGuest } from '../../../planning/template/facts';
import { clusterResources } from '../../../proxmox/api/cluster';
import { qemuConfig, type GuestConfig, type GuestPlace } from '../../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import { isCode } from '../../shared/adoption';
import { markedGuest } from '../look';

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

/** Whether a guest is the one that is meant: VMID, name and marker. */
export function isTheOne(guest: MarkedGuest, identity: GuestIdentity): boolean {
  const { marker } = guest;
  return (
    guest.vmid === identity.vmid &&
    guest.name === identity.name &&
    marker?.kind === identity.kind &&
    marker.name === identity.template &&
    (identity.run === undefined || marker.run === identity.run) &&
    marker.generation === identity.generation &&
    (identity.run !== undefined || identity.generation !== undefined)
  );
}

/**
 * A guest that is not where it was may have been moved. Throws PlanDrifted where its VMID is on another node: of a
 * version in use that is no deletion.
 */
export async function requireNowhere(
  client: ProxmoxClient,
  attempted: string,
  { vmid, name, node, generation }: GuestIdentity,
  options: CallOptions,
): Promise<void> {
  if (generation === undefined) return;
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
export function stranger(attempted: string, { vmid, name, node }: MarkedGuest): ManagerError {
  return new ManagerError(
    problem('PlanDrifted', {
      attempted,
      node,
      failed: `VM ${vmid} (${name || 'without a name'}) on ${node} is not the one that this operation made`,
      remedy: `Look at VM ${vmid} on ${node}; nothing of it was touched. Make a new plan.`,
    }),
  );
}
