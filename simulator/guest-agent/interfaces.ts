import { guestName, type GuestState } from '../cluster/guests';

/** The network of a guest as its agent tells it (behaviour.md 5.18, recording b3). */
export function interfacesOf(guest: GuestState): unknown[] {
  const cards = [...guest.config].filter(([key]) => /^net\d+$/.test(key));
  const found = cards.map(([key, value]) => {
    const index = key.slice('net'.length);
    const mac = (/([0-9A-F]{2}(:[0-9A-F]{2}){5})/i.exec(value)?.[1] ?? '').toLowerCase();
    const address = addressOf(guest, index, mac);
    return {
      name: `eth${index}`,
      'hardware-address': mac,
      ...(address === undefined ? {} : { 'ip-addresses': [address], statistics }),
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
  readonly 'ip-address-type': 'ipv4';
  readonly prefix: number;
}

/** What `ipconfig<n>` says, else what a DHCP server gives to the card: made of its MAC address. */
function addressOf(guest: GuestState, index: string, mac: string): Address | undefined {
  const fixed = /(?:^|,)ip=([\d.]+)\/(\d+)/.exec(guest.config.get(`ipconfig${index}`) ?? '');
  if (fixed !== null)
    return { 'ip-address': fixed[1] ?? '', 'ip-address-type': 'ipv4', prefix: Number(fixed[2]) };
  if (!guest.behaviour.dhcp) return undefined;
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

/** `{ "host-name": ... }` */
export function hostNameOf(guest: GuestState): unknown {
  return { 'host-name': guestName(guest) };
}
