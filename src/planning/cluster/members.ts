import type { ClusterMember, ClusterRecord } from '../../domain/cluster/member';
import type { LeftAlone } from '../../domain/cluster/plan';
import { hasMarkerOf, isMarked, isOther, mismatchOf, type ClusterIdentity } from '../rules/clusterIdentity';
import type { ClusterLook, ListedMachine, MarkedMember } from './facts';
import { asideNameOf, asideTag, machineName, nameThenOf } from './names';

/** What became of a member of the record. */
export type JudgedMember =
  /** It is there and is the member, all of its identity. */
  | { readonly state: 'ours'; readonly member: ClusterMember; readonly seen: MarkedMember }
  /** `doubtful`: the same machine perhaps, but its identity does not match. `unseen`: nobody can look at it. */
  | { readonly state: 'doubtful' | 'unseen'; readonly member: ClusterMember; readonly because: string }
  /** There is no such machine any more. `stranger`: what has its VMID now. */
  | { readonly state: 'gone'; readonly member: ClusterMember; readonly stranger?: LeftAlone };

/** A record's members, compared with what is there. */
export interface JudgedRecord {
  /** In the record's order. */
  readonly members: readonly JudgedMember[];
  /** What is in the place of members, or has the marker of this cluster and is none. */
  readonly leftAlone: readonly LeftAlone[];
  readonly warnings: readonly string[];
}

/** Compares the members of a record with a look at the cluster. Nothing is ever told by name or tag alone. */
export function judgeRecord(
  record: ClusterRecord | undefined,
  cluster: ClusterIdentity,
  look: ClusterLook,
): JudgedRecord {
  const members = (record?.members ?? []).map((member) => judgeMember(member, cluster, look));
  const warnings = members.flatMap((judged) => warningOf(judged));
  const strangers = members.flatMap((it) => (it.state === 'gone' ? (it.stranger ?? []) : []));
  const doubtful = members.flatMap((it) => (it.state === 'doubtful' ? leftAloneOf(it, look) : []));
  const known = new Set(members.map(({ member }) => member.vmid));
  const unknown = look.marked
    .filter(
      ({ vmid, marker }) => marker?.vmid === vmid && marker.cluster === cluster.profile && !known.has(vmid),
    )
    .map((seen) => leftOver(seen, cluster));
  return {
    members,
    leftAlone: [...strangers, ...doubtful, ...unknown].toSorted((one, other) => one.vmid - other.vmid),
    warnings,
  };
}

/** A clone that came after its step was passed over, what was made by an operation that nobody knows of any more. */
function leftOver(seen: MarkedMember, cluster: ClusterIdentity): LeftAlone {
  const { vmid, node, name, marker } = seen;
  const { role = '', ordinal = 0, operation = '' } = marker ?? {};
  const whose = isMarked(seen, cluster) ? 'this cluster' : 'a former cluster of this name';
  const { profile } = cluster;
  return {
    ...{ vmid, node, name },
    because: `it has the marker of ${whose} (${role} ${ordinal}, by ${operation}) and is not among its members: pxm cluster adopt ${profile} ${machineName(profile, role, ordinal)}=${vmid} makes it one; else remove it by hand`,
  };
}

/** Who of the judged counts as there: it may only be that nobody can look at it. */
export function isThere(judged: JudgedMember): boolean {
  return judged.state !== 'gone';
}

/** A member that is left alone, as a plan says it. */
export function leftAloneOf(
  { member, because }: { readonly member: ClusterMember; readonly because: string },
  { guests }: Pick<ClusterLook, 'guests'>,
): LeftAlone {
  const { vmid } = member;
  const listed = guests.find((it) => it.vmid === vmid);
  return { vmid, node: listed?.node ?? member.node, name: listed?.name ?? member.name, because };
}

/** The same of a member that the change is about: it stays undone. */
export function meantOf(
  left: { readonly member: ClusterMember; readonly because: string },
  look: Pick<ClusterLook, 'guests'>,
): LeftAlone {
  return { ...leftAloneOf(left, look), wasMeant: true };
}

function judgeMember(recorded: ClusterMember, cluster: ClusterIdentity, look: ClusterLook): JudgedMember {
  const { vmid } = recorded;
  const listed = look.guests.find((it) => it.vmid === vmid);
  const seen = look.members.find((it) => it.vmid === vmid);
  if (seen === undefined) return unseenOf(recorded, listed, look);
  const known = asRenamed(recorded, seen, cluster);
  const because = mismatchOf(seen, known, cluster);
  if (because === undefined) {
    const member = {
      ...known,
      node: seen.node,
      ...(recorded.uuid === undefined && seen.uuid !== undefined ? { uuid: seen.uuid } : {}),
    };
    return { state: 'ours', member, seen };
  }
  const member = recorded;
  if (seen.lock === 'clone' && recorded.uuid === undefined) {
    const text = 'its clone is under way, or stuck: wait for the task, or look at it';
    return { state: 'doubtful', member, because: text };
  }
  // Nobody has read who it is: our own marker says so, whatever it is called by now.
  const isUnknown = recorded.uuid === undefined && !hasMarkerOf(seen, recorded, cluster);
  if (isUnknown || isOther(seen, recorded)) {
    const { node, name } = seen;
    return { state: 'gone', member, stranger: strangerAt(recorded, { vmid, node, name }, because) };
  }
  const remedy = 'put that right, then make a new plan';
  return { state: 'doubtful', member, because: `${because}; ${remedy}` };
}

/**
 * What is set aside may have its own name again already, and what is not may be set aside: an operation renamed it, and
 * nobody heard of that any more. It is told by all the rest, its uuid among it.
 */
function asRenamed(
  member: ClusterMember,
  { name, tags }: MarkedMember,
  { profile }: ClusterIdentity,
): ClusterMember {
  if (member.uuid === undefined) return member;
  if (member.state === 'aside') return name === nameThenOf(profile, member) ? { ...member, name } : member;
  if (name !== asideNameOf(member.name) || !tags.includes(asideTag)) return member;
  return { ...member, name, state: 'aside', ...(member.state === 'made' ? { neverReady: true } : {}) };
}

/** What the lists tell of a member whose configuration nobody could read. */
function unseenOf(
  member: ClusterMember,
  listed: ListedMachine | undefined,
  { nodes }: ClusterLook,
): JudgedMember {
  if (listed === undefined) return { state: 'gone', member };
  if (listed.kind === 'lxc') {
    return { state: 'gone', member, stranger: strangerAt(member, listed, 'it is a container') };
  }
  const isOnline = nodes.some(({ name, online }) => name === listed.node && online);
  const because = isOnline
    ? `its configuration could not be read on ${listed.node}: make a new plan`
    : `${listed.node}, where it is, does not answer: bring the node back, then make a new plan`;
  return { state: 'unseen', member: { ...member, node: listed.node }, because };
}

function strangerAt(
  member: ClusterMember,
  { vmid, node, name }: Pick<ListedMachine, 'vmid' | 'node' | 'name'>,
  because: string,
): LeftAlone {
  return { vmid, node, name, because: `it has the VMID of ${member.name}, but ${because}` };
}

function warningOf(judged: JudgedMember): readonly string[] {
  const { name, vmid, node } = judged.member;
  switch (judged.state) {
    case 'ours':
      return [];
    case 'doubtful':
      return [`VM ${vmid} is not known for certain as ${name}: ${judged.because}.`];
    case 'unseen':
      return [`${name} (VM ${vmid}) counts as there, though nobody can see it: ${judged.because}.`];
    case 'gone':
      return [
        judged.stranger === undefined
          ? `${name} (VM ${vmid} on ${node}) is not there any more: it is dropped from the members.`
          : `${name} (VM ${vmid} on ${node}) is not there any more, another guest has its VMID: it is dropped from the members.`,
      ];
  }
}
