import { addressNumber } from '../../config/profiles/ipv4';
import type { ClusterMember } from '../../domain/cluster/member';
import type { PlannedAddress } from '../../domain/cluster/plan';
import type { ClusterProfile } from '../../domain/cluster/profile';
import { assignAddresses, type AddressWish } from './addresses';
import { profileOf, type ChangeContext } from './changes/context';
import type { MachineWish, PhaseOutline } from './outline';

/**
 * The static addresses of machines, by name; none with DHCP. Phase after phase: what goes gives its address to what comes
 * after it, never to what is made before it has gone. Throws InputInvalid where there is none for one of them.
 */
export function addressesFor(
  context: ChangeContext,
  phases: readonly PhaseOutline[],
  keeps: readonly ClusterMember[],
): ReadonlyMap<string, PlannedAddress> {
  const given = new Map<string, PlannedAddress>();
  const wishes = phases.flatMap((phase) => (phase.kind === 'make' ? phase.wishes : []));
  if (wishes.length === 0) return given;
  const profile = profileOf(context);
  const { addressing } = profile;
  if (addressing.kind === 'dhcp') return given;
  const freed = new Set(wishes.flatMap(({ begun }) => begun?.member.vmid ?? []));
  for (const phase of phases) {
    if ('removals' in phase) for (const { removal } of phase.removals) freed.add(removal.member.vmid);
    if (phase.kind !== 'make') continue;
    const seen = context.look.addresses.filter(({ vmid }) => vmid === undefined || !freed.has(vmid));
    const by = new Map(seen.map((it) => [it.address, it.by]));
    for (const { address, name } of keeps) if (address !== undefined) by.set(address, name);
    for (const [name, { address }] of given) by.set(address, name);
    const reserved = new Set([...reservedOf(profile), ...formersOfOthers(wishes, phase.wishes)]);
    const assigned = assignAddresses(addressing, phase.wishes.map(addressWish), { by, reserved });
    for (const [name, address] of assigned) given.set(name, address);
  }
  return given;
}

/** What machines of other phases had before, and are to have again. */
function formersOfOthers(all: readonly MachineWish[], own: readonly MachineWish[]): readonly string[] {
  const formers = new Set(own.flatMap(({ formerAddress }) => formerAddress ?? []));
  return all.flatMap(({ formerAddress }) => formerAddress ?? []).filter((address) => !formers.has(address));
}

function addressWish({ name, role, ordinal, formerAddress }: MachineWish): AddressWish {
  const fixed = role.machines[String(ordinal)]?.address;
  return {
    name,
    ...(fixed === undefined ? {} : { fixed }),
    ...(formerAddress === undefined ? {} : { former: formerAddress }),
  };
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
