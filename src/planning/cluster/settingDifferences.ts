import type { ClusterMember } from '../../domain/cluster/member';
import type { ClusterProfile, ClusterRole } from '../../domain/cluster/profile';
import { formatBytes } from '../../domain/rendering/sizes';
import { readProperties } from '../template/drives';
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

/** What of a machine's address, further disks, start order and pool is otherwise than its profile says; one line each. */
export function settingDifferences(settings: Settings): readonly string[] {
  return [
    ...addressDifferences(settings),
    ...diskDifferences(settings),
    ...startDifferences(settings),
    ...poolDifferences(settings),
  ];
}

/** Static ones as the profile names them, else as they were given; what a clone of type `plain` has by itself is its own. */
function addressDifferences({ profile, role, member, seen }: Settings): readonly string[] {
  const { addressing, type } = profile;
  const { options } = readProperties(seen.keys.get('ipconfig0') ?? '');
  const ip = options.get('ip');
  if (addressing.kind === 'dhcp') {
    const isOwn = type === 'plain' || ip === undefined || ip === 'dhcp';
    return isOwn ? [] : [`its ipconfig0 has ${ip}, not DHCP`];
  }
  const address = role.machines[String(member.ordinal)]?.address ?? member.address;
  if (address === undefined) return [];
  const shown = (one: string | undefined, gateway: string | undefined) =>
    `${one ?? 'no address'}${gateway === undefined ? '' : ` with the gateway ${gateway}`}`;
  const wanted = shown(`${address}/${addressing.prefixLength}`, addressing.gateway);
  const has = shown(ip, options.get('gw'));
  return has === wanted ? [] : [`its ipconfig0 has ${has}, not ${wanted}`];
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

function startDifferences({ role: { startOrder }, seen }: Settings): readonly string[] {
  if (startOrder === undefined) return [];
  const { first, options } = readProperties(seen.keys.get('startup') ?? '');
  const has = options.get('order') ?? first;
  return has === String(startOrder)
    ? []
    : [`its start order is ${has === '' ? 'not set' : has}, not ${startOrder}`];
}

/** Not judged where the token may not look at the pool. */
function poolDifferences({ profile, seen: { vmid }, look }: Settings): readonly string[] {
  if (profile.pool === undefined || look.pools === undefined) return [];
  const has = look.guests.find((it) => it.vmid === vmid)?.pool;
  if (has === profile.pool) return [];
  return [`it is in ${has === undefined ? 'no pool' : `the pool ${has}`}, not in ${profile.pool}`];
}
