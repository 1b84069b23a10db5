import type { ClusterFrame, PlannedCard, PlannedMachine } from '../../../domain/cluster/plan';
import { macOf } from '../../../planning/cluster/macs';
import { tagsOf } from '../../../planning/cluster/seen';
import { readProperties } from '../../../planning/template/drives';
import type { BuildParameters } from '../../../proxmox/api/build';

type Keys = ReadonlyMap<string, string>;

/** A key that is to have a value, and whether what it has now means the same. */
interface KeyWish {
  readonly key: string;
  /** Empty: the key is deleted. */
  readonly value: string | number;
  readonly isSo: (has: string | undefined) => boolean;
}

/** What a machine's configuration lacks of its plan, as parameters of one change. Empty: nothing. */
export function missingConfiguration(
  frame: Pick<ClusterFrame, 'type' | 'dns' | 'cloudinit'>,
  machine: PlannedMachine,
  keys: Keys,
): BuildParameters {
  const wishes = [
    ...hardwareWishes(machine, keys),
    ...machine.networkCards.map((card) => cardWish(card, keys)),
    ...cloudinitWishes(frame, machine),
    ...machine.moreDisks.map(diskWish),
  ];
  const missing = wishes.filter(({ key, isSo }) => !isSo(keys.get(key)));
  const unwanted = missing.filter(({ value }) => value === '').map(({ key }) => key);
  return {
    ...Object.fromEntries(missing.filter(({ value }) => value !== '').map(({ key, value }) => [key, value])),
    ...(unwanted.length === 0 ? {} : { delete: unwanted.join(',') }),
  };
}

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

function hardwareWishes(
  { cores, memoryBytes, tags, startOrder }: PlannedMachine,
  keys: Keys,
): readonly KeyWish[] {
  const memory = Math.floor(memoryBytes / mebibyte);
  const balloon = Number(keys.get('balloon') ?? '0');
  return [
    { key: 'cores', value: cores, isSo: (has) => Number(has ?? '1') === cores },
    // The template's sockets would multiply the cores.
    { key: 'sockets', value: 1, isSo: (has) => Number(has ?? '1') === 1 },
    {
      key: 'memory',
      value: memory,
      isSo: (has) => Number((has ?? '512').replace(/^current=/, '')) === memory,
    },
    // Proxmox refuses a balloon that is larger than the memory (behaviour: 5.10).
    ...(balloon > memory ? [exactly('balloon', String(memory))] : []),
    { key: 'tags', value: tags.join(';'), isSo: (has) => tagsOf(has).join() === tags.toSorted().join() },
    ...(startOrder === undefined ? [] : [startWish(startOrder)]),
  ];
}

function startWish(order: number): KeyWish {
  const orderOf = (text: string) => readProperties(text).options.get('order') ?? readProperties(text).first;
  return { key: 'startup', value: `order=${order}`, isSo: (has) => orderOf(has ?? '') === String(order) };
}

/** A card keeps its model and all its other options, and gets the planned MAC address; one that is not there has the first one's model. */
function cardWish({ key, bridge, vlan, macAddress }: PlannedCard, keys: Keys): KeyWish {
  const has = keys.get(key);
  const modelOf = (text: string) => readProperties(text).first.split('=')[0] ?? '';
  const model = modelOf(has ?? '') || modelOf(keys.get('net0') ?? '') || 'virtio';
  const [first = model, ...rest] = (has ?? model).split(',');
  const named = macAddress === undefined ? first : `${model}=${macAddress}`;
  const kept = [named, ...rest.filter((part) => !/^(bridge|tag)=/.test(part))];
  const tag = vlan === undefined ? [] : [`tag=${vlan}`];
  return {
    key,
    value: [...kept, `bridge=${bridge}`, ...tag].join(','),
    isSo(text) {
      const { options } = readProperties(text ?? '');
      return (
        (macAddress === undefined || macOf(text) === macAddress) &&
        options.get('bridge') === bridge &&
        options.get('tag') === (vlan === undefined ? undefined : String(vlan))
      );
    },
  };
}

/** Clones of type `plain` stay as they are, unless they are given an address. */
function cloudinitWishes(
  { type, dns, cloudinit }: Pick<ClusterFrame, 'type' | 'dns' | 'cloudinit'>,
  { address }: PlannedMachine,
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

/** `storage:GiB` makes a disk: only where there is none under its key. */
function diskWish({ key, sizeBytes, storage }: PlannedMachine['moreDisks'][number]): KeyWish {
  return { key, value: `${storage}:${sizeBytes / gibibyte}`, isSo: (has) => has !== undefined };
}

function exactly(key: string, value: string): KeyWish {
  return { key, value, isSo: (has) => has?.trim() === value };
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
