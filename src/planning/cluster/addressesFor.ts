import { addressNumber } from '../../config/profiles/ipv4';
import type { ClusterMember } from '../../domain/cluster/member';
import type { PlannedAddress } from '../../domain/cluster/plan';
import type { ClusterProfile } from '../../domain/cluster/profile';
import { assignAddresses } from './addresses';
import { profileOf, type ChangeContext } from './changes/context';
import type { MachineWish } from './outline';

/** Who stays, and whose addresses are free for the new ones. */
export interface AddressCompany {
  readonly keeps: readonly ClusterMember[];
  /** VMIDs of machines that go, or are finished: what they have is theirs or their successors'. */
  readonly concerned: ReadonlySet<number>;
}

/** The static addresses of machines, by name; none with DHCP. Throws InputInvalid where there is none for one of them. */
export function addressesFor(
  context: ChangeContext,
  wishes: readonly MachineWish[],
  { keeps, concerned }: AddressCompany,
): ReadonlyMap<string, PlannedAddress> {
  if (wishes.length === 0) return new Map();
  const profile = profileOf(context);
  const { addressing } = profile;
  if (addressing.kind === 'dhcp') return new Map();
  const seen = context.look.addresses.filter(({ vmid }) => vmid === undefined || !concerned.has(vmid));
  const by = new Map(seen.map((it) => [it.address, it.by]));
  for (const { address, name } of keeps) if (address !== undefined) by.set(address, name);
  const asked = wishes.map(({ name, role, ordinal, formerAddress }) => {
    const fixed = role.machines[String(ordinal)]?.address;
    return {
      name,
      ...(fixed === undefined ? {} : { fixed }),
      ...(formerAddress === undefined ? {} : { former: formerAddress }),
    };
  });
  return assignAddresses(addressing, asked, { by, reserved: reservedOf(profile) });
}

/** Addresses of the network itself, and those that the profile names for single machines. */
function reservedOf({ addressing, dns, talos, roles }: ClusterProfile): ReadonlySet<string> {
  const named = roles.flatMap(({ machines }) =>
    Object.values(machines).flatMap(({ address }) => address ?? []),
  );
  const gateway = addressing.kind === 'static' ? addressing.gateway : undefined;
  const all = [gateway, ...(dns?.servers ?? []), talos?.endpoint, ...named];
  return new Set(all.flatMap((it) => (it !== undefined && addressNumber(it) !== undefined ? [it] : [])));
}
