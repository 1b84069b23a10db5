import { guestName, type GuestState } from '../cluster/guests';

/** The network of a guest as its agent tells it (behaviour.md 5.18, recording b3). */
export function interfacesOf(guest: GuestState): unknown[] {
  const cards = [...guest.config].filter(([key]) => /^net\d+$/.test(key));
  const found = cards.map(([key, value]) => {
    const index = key.slice('net'.length);
    const mac = (/([0-9A-F]{2}(:[0-9A-F]{2}){5})/i.exec(value)?.[1] ?? '').toLowerCase();
    const addresses = addressesOf(guest, index, mac);
    return {
      name: `eth${index}`,
      'hardware-address': mac,
      ...(addresses.length === 0 ? {} : { 'ip-addresses': addresses, statistics }),
    };
  });
  const loopback = { 'ip-address': '127.0.0.1', 'ip-address-type': 'ipv4', prefix: 8 };
  return [
    {
      name: 'lo',
      'hardware-address': '00:00:00:00:00:00',
      ...(guest.behaviour.dhcp ? { 'ip-addresses': [loopback], statistics } : {}),
    },
    ...found,
  ];
}

const statistics = {
  'rx-bytes': 0,
  'rx-dropped': 0,
  'rx-errs': 0,
  'rx-packets': 0,
  'tx-bytes': 0,
  'tx-dropped': 0,
  'tx-errs': 0,
  'tx-packets': 0,
};

interface Address {
  readonly 'ip-address': string;
  readonly 'ip-address-type': 'ipv4' | 'ipv6';
  readonly prefix: number;
}

/** What `ipconfig<n>` says, IPv4 first; what it leaves to a DHCP server is made of the card's MAC address. */
function addressesOf(guest: GuestState, index: string, mac: string): readonly Address[] {
  const given = guest.config.get(`ipconfig${index}`) ?? '';
  const ipv4 = addressIn(given, 'ipv4', /(?:^|,)ip=([\d.]+)\/(\d+)/);
  const ipv6 = addressIn(given, 'ipv6', /(?:^|,)ip6=([\da-f:.]+)\/(\d+)/i);
  const isLeased = /(?:^|,)ip=dhcp/.test(given) || (ipv4.length === 0 && ipv6.length === 0);
  return [...(isLeased && guest.behaviour.dhcp ? [leasedAddress(mac)] : ipv4), ...ipv6];
}

function leasedAddress(mac: string): Address {
  const [high = 0, low = 0] = mac
    .split(':')
    .slice(-2)
    .map((part) => Number.parseInt(part, 16));
  return {
    'ip-address': `10.77.${high}.${Math.min(Math.max(low, 1), 254)}`,
    'ip-address-type': 'ipv4',
    prefix: 16,
  };
}

function addressIn(config: string, type: Address['ip-address-type'], pattern: RegExp): readonly Address[] {
  const [, address, prefix] = pattern.exec(config) ?? [];
  if (address === undefined || prefix === undefined) return [];
  return [{ 'ip-address': address, 'ip-address-type': type, prefix: Number(prefix) }];
}

/** `{ "host-name": ... }` */
export function hostNameOf(guest: GuestState): unknown {
  return { 'host-name': guestName(guest) };
}
