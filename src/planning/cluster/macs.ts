import { createHash } from 'node:crypto';
import { readProperties } from '../template/drives';

/** What Proxmox' own addresses begin with: registered for it, so no other maker's card has one. */
const prefix = 'BC:24:11';

/**
 * The MAC address of a network card that is made: the same for the same card of the same machine, so a plan that is made again
 * names it again, and none that `isTaken`. A machine in the place of another has another VMID, and with that another address.
 */
export function macFor(
  card: { readonly cluster: string; readonly name: string; readonly vmid: number; readonly key: string },
  isTaken: (mac: string) => boolean,
): string {
  const { cluster, name, vmid, key } = card;
  for (let count = 0; ; count += 1) {
    const digest = createHash('sha256').update(`${cluster}/${name}/${vmid}/${key}/${count}`).digest('hex');
    const own = [0, 2, 4].map((at) => digest.slice(at, at + 2).toUpperCase());
    const mac = [prefix, ...own].join(':');
    if (!isTaken(mac)) return mac;
  }
}

/** The MAC address of a network card as a configuration has it, in upper case; undefined: it has none. */
export function macOf(card: string | undefined): string | undefined {
  const { options } = readProperties(card ?? '');
  return [...options.values()].find((it) => /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/i.test(it))?.toUpperCase();
}

/** The MAC addresses of all network cards of a configuration. */
export function macsIn(keys: ReadonlyMap<string, string>): readonly string[] {
  return [...keys].flatMap(([key, value]) => (/^net\d+$/.test(key) ? (macOf(value) ?? []) : []));
}
