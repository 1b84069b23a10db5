import type { PlannedAddress, PlannedCard, PlannedMachine } from '../../domain/cluster/plan';
import type { ClusterProfile } from '../../domain/cluster/profile';
import type { ConventionSettings } from '../../config/clusterConfig';
import { formatShare } from '../../domain/rendering/sizes';
import type { ChosenMachine } from './chooseWays';
import { drivesOf, firstDiskOf, freeDiskKeys } from './drives';
import { macFor, macOf } from './macs';
import type { Room } from './room';

/** What machines are filled in from. */
export interface MachineInput {
  readonly profile: ClusterProfile;
  readonly conventions: Pick<ConventionSettings, 'tags'>;
  readonly room: Room;
  readonly addresses: ReadonlyMap<string, PlannedAddress>;
  readonly vmids: (name: string) => number;
  /** Our name of the Proxmox cluster. */
  readonly cluster: string;
  /** Whether somebody has a MAC address. */
  readonly isTaken: (mac: string) => boolean;
  /** The token may set the order in which guests start with their node. */
  readonly mayOrderStart: boolean;
}

/** A machine as the plan has it. */
export function plannedMachine(input: MachineInput, chosen: ChosenMachine): PlannedMachine {
  const { wish, node, option, endSeconds } = chosen;
  const { name, role, ordinal, begun } = wish;
  const { source } = option;
  const address = input.addresses.get(name);
  const grow = growthOf(chosen);
  const vmid = begun?.member.vmid ?? input.vmids(name);
  return {
    ...{ name, role: role.name, kind: role.kind, ordinal, node },
    vmid,
    source: {
      ...{ node: source.node, vmid: source.vmid, template: source.template },
      generation: begun?.member.generation ?? source.generation,
    },
    way: option.way,
    ...(option.way === 'linked' ? { linkedVolumes: volumesOf(source.keys) } : {}),
    ...(option.storage === undefined ? {} : { storage: option.storage }),
    ...{ cores: role.cores, memoryBytes: role.memoryBytes },
    ...(grow === undefined ? {} : { grow }),
    moreDisks: moreDisksOf(chosen),
    networkCards: cardsOf(input, chosen, vmid),
    ...(address === undefined ? {} : { address }),
    tags: wantedTags(input, role.tags),
    ...patchesOf(input, role, ordinal),
    ...(role.startOrder === undefined || !input.mayOrderStart ? {} : { startOrder: role.startOrder }),
    estimatedSeconds: Math.round(endSeconds * 10) / 10,
    because: becauseOf(input, chosen),
    ...(begun === undefined ? {} : { begun: begun.member }),
  };
}

/** What was begun keeps the addresses that it has. */
function cardsOf(
  { cluster, isTaken }: Pick<MachineInput, 'cluster' | 'isTaken'>,
  { wish: { name, role, begun } }: ChosenMachine,
  vmid: number,
): readonly PlannedCard[] {
  return role.networkCards.map((card, index) => {
    const key = `net${index}`;
    const known = macOf(begun?.seen.keys.get(key));
    const macAddress = known ?? macFor({ cluster, name, vmid, key }, isTaken);
    return { key, ...card, macAddress };
  });
}

/** Of Talos: what is special comes after what its role has. */
function patchesOf(
  { profile }: Pick<MachineInput, 'profile'>,
  { patches, machines }: ChosenMachine['wish']['role'],
  ordinal: number,
): Pick<PlannedMachine, 'patches'> {
  const all = [...patches, ...(machines[String(ordinal)]?.patches ?? [])];
  return profile.type !== 'talos' || all.length === 0 ? {} : { patches: all };
}

/** Tags of a machine: of the profile, of its role, and of the conventions for its type. Sorted, lower case. */
export function wantedTags(
  { profile, conventions }: Pick<MachineInput, 'profile' | 'conventions'>,
  ofRole: readonly string[],
): readonly string[] {
  const all = [...profile.tags, ...ofRole, ...(conventions.tags[profile.type] ?? [])];
  return [...new Set(all.map((tag) => tag.toLowerCase()))].sort();
}

/** An ISO image is not cloned. */
function volumesOf(keys: ReadonlyMap<string, string>): number {
  return drivesOf(keys).filter(({ kind }) => kind !== 'cdrom').length;
}

function growthOf({ wish, option }: ChosenMachine): PlannedMachine['grow'] {
  const { diskBytes } = wish.role;
  const disk = firstDiskOf(wish.begun?.seen.keys ?? option.source.keys);
  if (diskBytes === undefined || disk === undefined || diskBytes <= disk.bytes) return undefined;
  return { disk: disk.key, toBytes: diskBytes };
}

/** On the template's free keys; those that a machine that was begun has already are left out. */
function moreDisksOf({ wish, option }: ChosenMachine): PlannedMachine['moreDisks'] {
  const { moreDisks } = wish.role;
  const keys = freeDiskKeys(option.source.keys, moreDisks.length);
  return moreDisks
    .flatMap(({ sizeBytes, storage }, index) => {
      const key = keys[index];
      return key === undefined ? [] : [{ key, sizeBytes, storage }];
    })
    .filter(({ key }) => wish.begun?.seen.keys.has(key) !== true);
}

function becauseOf({ room }: MachineInput, chosen: ChosenMachine): string {
  const { wish, node, possible } = chosen;
  const share = `${formatShare(room.shareWith(node, 0))} of its memory taken with this plan`;
  const isPinned = wish.role.machines[String(wish.ordinal)]?.node === node;
  const place = isPinned
    ? 'the profile puts it there'
    : possible === 1
      ? 'the only node that can take it'
      : `best of ${possible} possible nodes`;
  return [place, share, ...whyThisWay(chosen)].join(', ');
}

/** The way itself is told beside it; a linked clone needs no reason. */
function whyThisWay({ wish, node, option }: ChosenMachine): readonly string[] {
  const { way, storage } = option;
  if (wish.begun !== undefined) {
    const { seen } = wish.begun;
    return [seen.node === node ? 'it is there already' : `moved from ${seen.node}`];
  }
  const asked = storage === undefined ? [] : [`to ${storage} as the profile says`];
  switch (way) {
    case 'linked':
      return [];
    case 'full':
      return asked.length > 0 ? asked : ['its storage makes no linked clones'];
    case 'fullThenMoved':
      return [...asked, `there is no copy of the template on ${node} to link to`];
  }
}
