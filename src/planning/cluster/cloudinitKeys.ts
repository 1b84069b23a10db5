import type { PlannedAddress } from '../../domain/cluster/plan';
import type { CloudinitSettings, ClusterType, DnsSettings } from '../../domain/cluster/profile';

/** A key of a machine's configuration that is to have a value, and whether what it has now means the same. */
export interface KeyWish {
  readonly key: string;
  /** Empty: the key is deleted. */
  readonly value: string | number;
  readonly isSo: (has: string | undefined) => boolean;
}

/** What cloud-init tells machines, as a profile or a plan says it. */
interface CloudinitWish {
  readonly type: ClusterType;
  readonly dns?: DnsSettings | undefined;
  readonly cloudinit?: CloudinitSettings | undefined;
}

/** What a machine's cloud-init drive is to say. Clones of type `plain` stay as they are, unless they are given an address. */
export function cloudinitWishes(
  { type, dns, cloudinit }: CloudinitWish,
  address: PlannedAddress | undefined,
): readonly KeyWish[] {
  if (type === 'plain' && address === undefined) return [];
  const gateway = address?.gateway === undefined ? '' : `,gw=${address.gateway}`;
  const ip = address === undefined ? 'ip=dhcp' : `ip=${address.address}/${address.prefixLength}${gateway}`;
  const snippets = [
    ...(cloudinit?.userData === undefined ? [] : [`user=${cloudinit.userData}`]),
    ...(cloudinit?.vendorData === undefined ? [] : [`vendor=${cloudinit.vendorData}`]),
  ];
  return [
    sameParts('ipconfig0', ip),
    ...(dns === undefined || dns.servers.length === 0 ? [] : [exactly('nameserver', dns.servers.join(' '))]),
    ...(dns?.searchDomain === undefined ? [] : [exactly('searchdomain', dns.searchDomain)]),
    ...(cloudinit?.user === undefined ? [] : [exactly('ciuser', cloudinit.user)]),
    ...(cloudinit === undefined || cloudinit.sshKeys.length === 0 ? [] : [keysWish(cloudinit.sshKeys)]),
    ...(snippets.length === 0 ? [] : [sameParts('cicustom', snippets.join(','))]),
  ];
}

/** A key with exactly this value. */
export function exactly(key: string, value: string): KeyWish {
  return { key, value, isSo: (has) => has?.trim() === value };
}

/** Proxmox takes and tells public keys percent-encoded, beside what a form does to them (behaviour: 5.5). */
function keysWish(keys: readonly string[]): KeyWish {
  const linesOf = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const wanted = keys.flatMap(linesOf);
  return {
    key: 'sshkeys',
    value: encodeURIComponent(wanted.join('\n')),
    isSo: (has) => linesOf(decoded(has ?? '')).join('\n') === wanted.join('\n'),
  };
}

/** The same parts in any order. */
function sameParts(key: string, value: string): KeyWish {
  const partsOf = (text: string) =>
    text
      .split(',')
      .map((part) => part.trim())
      .toSorted()
      .join();
  return { key, value, isSo: (has) => partsOf(has ?? '') === partsOf(value) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
