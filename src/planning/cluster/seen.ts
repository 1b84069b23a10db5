import { ownerOf } from '../volumes';
import { readProperties } from '../template/drives';
import type { MarkedMember } from './facts';
import { parseMemberMarker } from './marker';

/** Where a machine is, and whether it runs: what its configuration does not say. */
export interface SeenPlace {
  readonly vmid: number;
  readonly node: string;
  readonly running: boolean;
}

/** A virtual machine as its configuration (`GET .../config`) tells it. */
export function seenMember(place: SeenPlace, keys: ReadonlyMap<string, string>): MarkedMember {
  const marker = parseMemberMarker(keys.get('description'));
  const uuid = readProperties(keys.get('smbios1') ?? '').options.get('uuid');
  const lock = keys.get('lock');
  return {
    ...place,
    name: keys.get('name') ?? '',
    template: keys.get('template') === '1',
    ...(marker === undefined ? {} : { marker }),
    ...(uuid === undefined ? {} : { uuid: uuid.toLowerCase() }),
    keys,
    volumes: ownVolumes(place.vmid, keys),
    ...(lock === undefined ? {} : { lock }),
    protection: keys.get('protection') === '1',
    tags: tagsOf(keys.get('tags')),
  };
}

/**
 * Volumes that Proxmox frees together with a virtual machine: attached and unused ones, and saved memory, as far as their
 * names say that they are its own (behaviour: 5.11). Sorted. Those of snapshots are not in the configuration.
 */
export function ownVolumes(vmid: number, keys: ReadonlyMap<string, string>): readonly string[] {
  const volumes = [...keys]
    .filter(([key]) => volumeKey.test(key))
    .map(([, value]) => readProperties(value).first)
    .filter((volume) => ownerOf(volume) === vmid);
  return [...new Set(volumes)].sort();
}

const volumeKey = /^((scsi|virtio|ide|sata|unused)\d+|efidisk0|tpmstate0|vmstate)$/;

/** Name of the snapshot that a configuration goes back to (`parent`): the newest, or the one last rolled back to. */
export function newestSnapshot(keys: ReadonlyMap<string, string>): string | undefined {
  return keys.get('parent');
}

/** Tags as Proxmox stores them: lower case, sorted, each once. */
export function tagsOf(value: string | undefined): readonly string[] {
  const tags = (value ?? '').toLowerCase().split(/[,; ]+/);
  return [...new Set(tags.filter((tag) => tag !== ''))].sort();
}

/** IPv4 addresses of a configuration (`ipconfigN: ip=192.0.2.7/24,gw=...`), without prefix, that of the first card first. */
export function configuredAddresses(keys: ReadonlyMap<string, string>): readonly string[] {
  return [...keys]
    .flatMap(([key, value]) => {
      const card = /^ipconfig(\d+)$/.exec(key)?.[1];
      return card === undefined ? [] : [{ card: Number(card), value }];
    })
    .toSorted((one, other) => one.card - other.card)
    .flatMap(({ value }) => readProperties(value).options.get('ip') ?? [])
    .map((address) => address.split('/')[0] ?? '')
    .filter((address) => /^\d+\.\d+\.\d+\.\d+$/.test(address));
}
