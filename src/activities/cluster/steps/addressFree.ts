import { ManagerError, problem } from '../../../domain/errors';
import type { SeenAddress } from '../../../planning/cluster/facts';
import { configuredAddresses } from '../../../planning/cluster/seen';
import { guestInWords } from '../../../planning/words';
import { clusterResources } from '../../../proxmox/api/cluster';
import { qemuConfig, type GuestPlace } from '../../../proxmox/api/guests';
import type { ProxmoxClient } from '../../../proxmox/types';
import { inTurn, progressCounter } from '../../inspection/inTurn';
import { problemOfGuest } from '../../inspection/guestFacts';

/**
 * Machines that start at once share a look at all guests that is not older than this: it costs a request for each. What it
 * has shown in a machine's way is looked at anew.
 */
const looksLastMs = 10_000;

/** The static addresses that guests have, in a look that is not older. */
export type AddressLook = (notOlderThanMs: number) => Promise<readonly SeenAddress[]>;

/** The addresses that the guests of a cluster have: whoever asks within the same time shares a look. */
export function createAddressLook(client: ProxmoxClient): AddressLook {
  let last: { readonly atMs: number; readonly seen: Promise<readonly SeenAddress[]> } | undefined;
  return (notOlderThanMs) => {
    const nowMs = performance.now();
    if (last !== undefined && nowMs - last.atMs < notOlderThanMs) return last.seen;
    // Without the signal of one attempt: others wait for the same look.
    const seen = allAddresses(client);
    const look = { atMs: nowMs, seen };
    last = look;
    seen.catch(() => {
      if (last === look) last = undefined;
    });
    return seen;
  };
}

/** A static address of a machine that is about to be started. */
export interface OwnAddress extends GuestPlace {
  readonly name: string;
  readonly address: string;
  /** What `skip` means for the machine, for the question about it. */
  readonly ifSkipped: string;
}

/**
 * Throws PlanDrifted where another guest's configuration has the static address of a machine by now. Asked once the
 * machine's own configuration has it, right before the start: whoever took it some seconds ago is seen. A guest whose node
 * does not answer is not seen; it does not answer on its address either.
 */
export async function requireFreeAddress(
  lookAtAddresses: AddressLook,
  { name, vmid, node, address, ifSkipped }: OwnAddress,
): Promise<void> {
  const holderIn = (seen: readonly SeenAddress[]) =>
    seen.find((it) => it.address === address && it.vmid !== vmid);
  if (holderIn(await lookAtAddresses(looksLastMs)) === undefined) return;
  const other = holderIn(await lookAtAddresses(0));
  if (other === undefined) return;
  throw new ManagerError(
    problem('PlanDrifted', {
      attempted: `start VM ${vmid} (${name}) with the address ${address}`,
      node,
      failed: `${other.by} was given the same address meanwhile`,
      remedy: `It was not started. Give ${other.by} another address, then retry; or skip: ${ifSkipped}.`,
    }),
  );
}

async function allAddresses(client: ProxmoxClient): Promise<readonly SeenAddress[]> {
  const guests = await clusterResources(client, 'vm');
  const machines = guests.filter(({ type, template }) => type === 'qemu' && !template);
  const seen = await inTurn(machines, (guest) => addressesOf(client, guest), progressCounter());
  return seen.flat();
}

/** None where it went meanwhile, or its node does not answer. */
async function addressesOf(
  client: ProxmoxClient,
  { vmid, node }: GuestPlace,
): Promise<readonly SeenAddress[]> {
  try {
    const { keys } = await qemuConfig(client, { node, vmid });
    const by = guestInWords({ kind: 'qemu', vmid, name: keys.get('name') ?? '' });
    return configuredAddresses(keys).map((address) => ({ address, vmid, by }));
  } catch (error) {
    if (problemOfGuest(error) === undefined) throw error;
    return [];
  }
}
