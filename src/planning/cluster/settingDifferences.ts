import type { ClusterMember } from '../../domain/cluster/member';
import type { PlannedAddress } from '../../domain/cluster/plan';
import type { ClusterProfile, ClusterRole } from '../../domain/cluster/profile';
import { formatBytes } from '../../domain/rendering/sizes';
import { readProperties } from '../template/drives';
import { cloudinitWishes } from './cloudinitKeys';
import { drivesOf, firstDiskOf } from './drives';
import type { ClusterLook, MarkedMember } from './facts';

/** Whose settings are compared. */
interface Settings {
  readonly profile: ClusterProfile;
  readonly role: ClusterRole;
  readonly member: ClusterMember;
  readonly seen: MarkedMember;
  readonly look: Pick<ClusterLook, 'copies' | 'guests' | 'pools'>;
}

/**
 * What of a machine's address, cloud-init, disks, start order and pool is otherwise than its profile says; one line each.
 */
export function settingDifferences(settings: Settings): readonly string[] {
  return [
    ...addressDifferences(settings),
    ...cloudinitDifferences(settings),
    ...storageDifferences(settings),
    ...diskDifferences(settings),
    ...startDifferences(settings),
    ...poolDifferences(settings),
  ];
}

/** Static ones as the profile names them, else as they were given; what a clone of type `plain` has by itself is its own. */
function addressDifferences(settings: Settings): readonly string[] {
  const { profile, seen } = settings;
  const { options } = readProperties(seen.keys.get('ipconfig0') ?? '');
  const ip = options.get('ip');
  if (profile.addressing.kind === 'dhcp') {
    const isOwn = profile.type === 'plain' || ip === undefined || ip === 'dhcp';
    return isOwn ? [] : [`its ipconfig0 has ${ip}, not DHCP`];
  }
  const planned = addressOf(settings);
  if (planned === undefined) return [];
  const shown = (one: string | undefined, gateway: string | undefined) =>
    `${one ?? 'no address'}${gateway === undefined ? '' : ` with the gateway ${gateway}`}`;
  const wanted = shown(`${planned.address}/${planned.prefixLength}`, planned.gateway);
  const has = shown(ip, options.get('gw'));
  return has === wanted ? [] : [`its ipconfig0 has ${has}, not ${wanted}`];
}

function addressOf({ profile: { addressing }, role, member }: Settings): PlannedAddress | undefined {
  const address = role.machines[String(member.ordinal)]?.address ?? member.address;
  if (addressing.kind === 'dhcp' || address === undefined) return undefined;
  const { prefixLength, gateway } = addressing;
  return { address, prefixLength, ...(gateway === undefined ? {} : { gateway }) };
}

/** Name servers, user, keys, snippets, as they are given to machines that are made; keys are not shown. */
function cloudinitDifferences(settings: Settings): readonly string[] {
  const { profile, seen } = settings;
  const wishes = cloudinitWishes(profile, addressOf(settings));
  return wishes
    .filter(({ key, isSo }) => key !== 'ipconfig0' && !isSo(seen.keys.get(key)))
    .map(({ key, value }) =>
      key === 'sshkeys'
        ? 'its SSH keys are not those of the profile'
        : `its ${key} is ${seen.keys.get(key) ?? 'not set'}, not ${value}`,
    );
}

/** Of the first disk; absent in the profile: wherever it is. */
function storageDifferences({ profile: { storage }, seen: { keys } }: Settings): readonly string[] {
  const disk = firstDiskOf(keys);
  if (storage === undefined || disk === undefined || disk.storage === storage) return [];
  return [`its first disk is on ${disk.storage || 'no storage'}, not on ${storage}`];
}

/** Disks that came with the template, or were added by somebody, are none of the profile's. */
function diskDifferences({ role, member, seen, look }: Settings): readonly string[] {
  const first = firstDiskOf(seen.keys)?.key;
  const ofTemplate = member.generation === undefined ? undefined : look.copies[0]?.keys;
  const left = drivesOf(seen.keys).filter(
    ({ key, kind }) =>
      kind === 'disk' && key !== first && !/^(efidisk|tpmstate)/.test(key) && ofTemplate?.has(key) !== true,
  );
  return role.moreDisks.flatMap(({ sizeBytes, storage }) => {
    const at = left.findIndex((disk) => disk.storage === storage && disk.bytes >= sizeBytes);
    if (at >= 0) left.splice(at, 1);
    return at >= 0 ? [] : [`it lacks a further disk of ${formatBytes(sizeBytes)} on ${storage}`];
  });
}

/** What has an order starts with its node, or the order means nothing. */
function startDifferences({ role: { startOrder }, seen: { keys } }: Settings): readonly string[] {
  if (startOrder === undefined) return [];
  const { first, options } = readProperties(keys.get('startup') ?? '');
  const has = options.get('order') ?? first;
  return [
    ...(has === String(startOrder)
      ? []
      : [`its start order is ${has === '' ? 'not set' : has}, not ${startOrder}`]),
    ...(keys.get('onboot') === '1' ? [] : ['its node does not start it with itself (onboot)']),
  ];
}

/** Not judged where the token may not look at the pool. */
function poolDifferences({ profile, seen: { vmid }, look }: Settings): readonly string[] {
  if (profile.pool === undefined || look.pools === undefined) return [];
  const has = look.guests.find((it) => it.vmid === vmid)?.pool;
  if (has === profile.pool) return [];
  return [`it is in ${has === undefined ? 'no pool' : `the pool ${has}`}, not in ${profile.pool}`];
}
