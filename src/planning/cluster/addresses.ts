import { addressNumber, addressText } from '../../config/profiles/ipv4';
import type { PlannedAddress } from '../../domain/cluster/plan';
import type { Addressing } from '../../domain/cluster/profile';
import { refusal } from './refusal';

/** A machine that needs an address. */
export interface AddressWish {
  readonly name: string;
  /** Named in the profile for this machine. */
  readonly fixed?: string;
  /** What it had before: kept where it is free and still in the range. */
  readonly former?: string;
}

/** What nobody may be given. */
export interface TakenAddresses {
  /** Who has an address, in words. */
  readonly by: ReadonlyMap<string, string>;
  /** Of the network itself: gateway, name servers, a shared endpoint, addresses named for other machines. */
  readonly reserved: ReadonlySet<string>;
}

type StaticAddressing = Extract<Addressing, { readonly kind: 'static' }>;

/**
 * Gives each machine its address, in their order: the one named for it, else the one it had, else the lowest free one of
 * the range. Throws InputInvalid where a named one is taken, or the range has no more.
 */
export function assignAddresses(
  addressing: StaticAddressing,
  wishes: readonly AddressWish[],
  taken: TakenAddresses,
): ReadonlyMap<string, PlannedAddress> {
  const { prefixLength, gateway } = addressing;
  const given = new Map<string, PlannedAddress>();
  const used = new Set([...taken.by.keys(), ...taken.reserved]);
  const give = (name: string, address: string) => {
    used.add(address);
    given.set(name, { address, prefixLength, ...(gateway === undefined ? {} : { gateway }) });
  };
  for (const { name, fixed } of wishes) {
    if (fixed === undefined) continue;
    const by = taken.by.get(fixed);
    if (by !== undefined) throw takenBy(name, fixed, by);
    give(name, fixed);
  }
  const rest = wishes.filter(({ name }) => !given.has(name));
  for (const { name, former } of rest) {
    if (former !== undefined && !used.has(former) && inRange(addressing, former)) give(name, former);
  }
  const left = rest.filter(({ name }) => !given.has(name));
  const last = addressNumber(addressing.range?.last ?? '') ?? -1;
  let next = addressNumber(addressing.range?.first ?? '') ?? 0;
  for (const [index, { name }] of left.entries()) {
    while (next <= last && used.has(addressText(next))) next += 1;
    if (next > last) throw noneLeft(addressing, name, left.length - index);
    give(name, addressText(next));
  }
  return given;
}

function inRange({ range }: StaticAddressing, address: string): boolean {
  if (range === undefined) return false;
  const [value, first, last] = [address, range.first, range.last].map(addressNumber);
  if (value === undefined || first === undefined || last === undefined) return false;
  return first <= value && value <= last;
}

function takenBy(name: string, address: string, by: string) {
  return refusal(
    `give ${name} the address ${address}`,
    `${by} has it`,
    `Name another address for ${name} in the profile, or free this one.`,
  );
}

function noneLeft({ range }: StaticAddressing, name: string, lacking: number) {
  const attempted = `find an address for ${name}`;
  if (range === undefined) {
    const failed = 'addressing is static, and the profile names neither a range nor an address for it';
    return refusal(attempted, failed, 'Add a range to addressing, or an address for this machine.');
  }
  return refusal(
    attempted,
    `every address of ${range.first}-${range.last} is taken; ${lacking} more ${lacking === 1 ? 'is' : 'are'} needed`,
    'Make the range of the profile larger, or free addresses of it.',
  );
}
