import type { ClusterFrame, PlannedCard, PlannedMachine } from '../../../domain/cluster/plan';
import { cloudinitWishes, exactly, type KeyWish } from '../../../planning/cluster/cloudinitKeys';
import { macOf } from '../../../planning/cluster/macs';
import { tagsOf } from '../../../planning/cluster/seen';
import { readProperties } from '../../../planning/template/drives';
import type { BuildParameters } from '../../../proxmox/api/build';

type Keys = ReadonlyMap<string, string>;

/** What a machine's configuration lacks of its plan, as parameters of one change. Empty: nothing. */
export function missingConfiguration(
  frame: Pick<ClusterFrame, 'type' | 'dns' | 'cloudinit'>,
  machine: PlannedMachine,
  keys: Keys,
): BuildParameters {
  const wishes = [
    ...hardwareWishes(machine, keys),
    ...machine.networkCards.map((card) => cardWish(card, keys)),
    ...cloudinitWishes(frame, machine.address),
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
    ...(startOrder === undefined ? [] : [startWish(startOrder), startsWithNode]),
  ];
}

function startWish(order: number): KeyWish {
  const orderOf = (text: string) => readProperties(text).options.get('order') ?? readProperties(text).first;
  return { key: 'startup', value: `order=${order}`, isSo: (has) => orderOf(has ?? '') === String(order) };
}

/** Nodes start only what has it with themselves: an order alone starts nothing (behaviour: 4.6; recordings-9/k1). */
const startsWithNode: KeyWish = { key: 'onboot', value: 1, isSo: (has) => has === '1' };

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

/** `storage:GiB` makes a disk: only where there is none under its key. */
function diskWish({ key, sizeBytes, storage }: PlannedMachine['moreDisks'][number]): KeyWish {
  return { key, value: `${storage}:${sizeBytes / gibibyte}`, isSo: (has) => has !== undefined };
}
