import type { ClusterMember, ClusterRecord } from '../../domain/cluster/member';
import type { ClusterProfile, ClusterRole } from '../../domain/cluster/profile';
import type { ClusterDrift, MachineDrift } from '../../domain/cluster/status';
import type { ConventionSettings } from '../../config/clusterConfig';
import { formatBytes } from '../../domain/rendering/sizes';
import { readProperties } from '../template/drives';
import { listInWords } from '../words';
import { firstDiskOf } from './drives';
import type { ClusterLook, MarkedMember } from './facts';
import { wantedTags } from './machines';
import { isThere, judgeRecord, type JudgedMember } from './members';
import { machineName } from './names';
import { settingDifferences } from './settingDifferences';

/** What a member is compared with. */
interface DriftInput {
  readonly profile: ClusterProfile | undefined;
  readonly look: ClusterLook;
  readonly conventions: Pick<ConventionSettings, 'tags'>;
}

/**
 * Compares a cluster's members with its profile and with what is there. Without a profile (its file is gone) only who is
 * there. `conventions`: their tags are expected too.
 */
export function driftOf(
  profile: ClusterProfile | undefined,
  record: ClusterRecord,
  look: ClusterLook,
  conventions: Pick<ConventionSettings, 'tags'>,
): ClusterDrift {
  const input = { profile, look, conventions };
  const judged = judgeRecord(record, { profile: record.profile, instance: record.instance }, look);
  const machines = judged.members.map((it) => driftOfMember(input, it));
  const missing = (profile?.roles ?? []).flatMap((role) => {
    const has = new Set(
      judged.members
        .filter((it) => it.member.role === role.name && (isThere(it) || it.member.state !== 'aside'))
        .map(({ member }) => member.ordinal),
    );
    const wanted = Array.from({ length: role.count }, (_, index) => index + 1);
    return wanted
      .filter((ordinal) => !has.has(ordinal))
      .map((ordinal) => missingMachine(record.profile, role, ordinal));
  });
  const rank = ({ role }: MachineDrift) => {
    const at = (profile?.roles ?? []).findIndex(({ name }) => name === role);
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  const all = [...machines, ...missing].toSorted(
    (one, other) => rank(one) - rank(other) || one.ordinal - other.ordinal,
  );
  return { machines: all, others: judged.leftAlone };
}

function missingMachine(profile: string, role: ClusterRole, ordinal: number): MachineDrift {
  return {
    ...{ name: machineName(profile, role.name, ordinal), role: role.name, ordinal },
    ...{ state: 'missing', differences: ['it is not there'] },
  };
}

function driftOfMember(input: DriftInput, judged: JudgedMember): MachineDrift {
  const { member } = judged;
  const { name, role, ordinal } = member;
  const known = { name, role, ordinal, member };
  if (judged.state === 'gone') {
    const because = judged.stranger?.because ?? 'there is no guest with its VMID any more';
    return { ...known, state: 'lost', differences: [because] };
  }
  if (judged.state !== 'ours') {
    const state = judged.state === 'unseen' ? 'unseen' : 'lost';
    return { ...known, state, differences: [judged.because] };
  }
  const { seen } = judged;
  const { running } = seen;
  if (member.state === 'aside') {
    return { ...known, state: 'aside', running, differences: running ? ['it is running'] : [] };
  }
  const { profile } = input;
  const wanted = profile?.roles.find((it) => it.name === role);
  const differences =
    profile === undefined || wanted === undefined ? [] : differencesOf(input, profile, wanted, member, seen);
  const isSurplus = profile !== undefined && (wanted === undefined || ordinal > wanted.count);
  if (isSurplus) {
    const because =
      wanted === undefined
        ? `the profile has no role ${role}`
        : `the profile asks for ${wanted.count} of ${role}`;
    return { ...known, state: 'surplus', running, differences: [because, ...differences] };
  }
  if (member.state === 'made') {
    return { ...known, state: 'unfinished', running, differences: ['it was never ready', ...differences] };
  }
  return { ...known, state: differences.length > 0 ? 'drifted' : 'asDesired', running, differences };
}

function differencesOf(
  { look, conventions }: DriftInput,
  profile: ClusterProfile,
  role: ClusterRole,
  member: ClusterMember,
  seen: MarkedMember,
): readonly string[] {
  const { keys } = seen;
  const cores = Number(keys.get('cores') ?? 1) * Number(keys.get('sockets') ?? 1);
  const memoryBytes = memoryOf(keys) * 2 ** 20;
  const disk = firstDiskOf(keys);
  const lacking = wantedTags({ profile, conventions }, role.tags).filter((tag) => !seen.tags.includes(tag));
  const newest = Math.max(0, ...look.copies.map(({ generation }) => generation));
  const texts: readonly (readonly [boolean, string])[] = [
    [seen.running, 'it is not running'],
    [isAllowed(role, member.ordinal, seen.node), `it is on ${seen.node}: the profile puts it elsewhere`],
    [cores === role.cores, `it has ${cores} cores, not ${role.cores}`],
    [
      memoryBytes === role.memoryBytes,
      `it has ${formatBytes(memoryBytes)} of memory, not ${formatBytes(role.memoryBytes)}`,
    ],
    [
      role.diskBytes === undefined || (disk?.bytes ?? 0) >= role.diskBytes,
      `its first disk has ${formatBytes(disk?.bytes ?? 0)}, not ${formatBytes(role.diskBytes ?? 0)}`,
    ],
    [lacking.length === 0, `it lacks the ${lacking.length === 1 ? 'tag' : 'tags'} ${listInWords(lacking)}`],
    [!profile.protection || seen.protection, 'it is not protected against removal'],
    [
      (member.generation ?? newest) >= newest,
      `it is of version ${member.generation ?? 0} of ${profile.template}, version ${newest} is in force`,
    ],
    [seen.lock === undefined, `it is locked (${seen.lock ?? ''})`],
  ];
  return [
    ...texts.flatMap(([isRight, text]) => (isRight ? [] : [text])),
    ...cardDifferences(role, keys),
    ...settingDifferences({ profile, role, member, seen, look }),
  ];
}

function cardDifferences(
  { networkCards }: ClusterRole,
  keys: ReadonlyMap<string, string>,
): readonly string[] {
  return networkCards.flatMap(({ bridge, vlan }, index) => {
    const value = keys.get(`net${index}`);
    if (value === undefined) return [`it has no network card net${index} on ${bridge}`];
    const { options } = readProperties(value);
    const shown = (on: string | undefined, tag: string | undefined) =>
      `${on ?? 'no bridge'}${tag === undefined ? '' : ` with VLAN ${tag}`}`;
    const wanted = shown(bridge, vlan === undefined ? undefined : String(vlan));
    const has = shown(options.get('bridge'), options.get('tag'));
    return has === wanted ? [] : [`its net${index} is on ${has}, not on ${wanted}`];
  });
}

function isAllowed({ machines, placement }: ClusterRole, ordinal: number, node: string): boolean {
  const own = machines[String(ordinal)]?.node;
  return own === undefined ? placement.nodes?.includes(node) !== false : own === node;
}

/** `memory: 2048` or `current=2048` (behaviour: 5.1), in MiB; Proxmox' default where there is none. */
function memoryOf(keys: ReadonlyMap<string, string>): number {
  const { first, options } = readProperties(keys.get('memory') ?? '512');
  return Number(options.get('current') ?? first);
}
