import type { ClusterMember } from '../../../domain/cluster/member';
import type { LeftAlone } from '../../../domain/cluster/plan';
import type { ClusterProfile, ClusterRole } from '../../../domain/cluster/profile';
import type { ClusterRequest } from '../../../domain/cluster/request';
import type { ClusterIdentity } from '../../rules/clusterIdentity';
import type { ClusterLook } from '../facts';
import { isThere, judgeRecord, meantOf, type JudgedMember, type JudgedRecord } from '../members';
import { machineName } from '../names';
import type { MachineWish } from '../outline';
import type { ClusterOutlineInput } from '../planInput';
import { refusal } from '../refusal';
import { configuredAddresses } from '../seen';

/** What every change is outlined from. */
export interface ChangeContext {
  readonly input: ClusterOutlineInput;
  readonly request: ClusterRequest;
  readonly identity: ClusterIdentity;
  readonly look: ClusterLook;
  readonly judged: JudgedRecord;
  /** Members that are not set aside, in the record's order. */
  readonly active: readonly JudgedMember[];
  /** Members that are set aside. */
  readonly aside: readonly JudgedMember[];
}

/** Compares the record with what is there. */
export function contextOf(input: ClusterOutlineInput): ChangeContext {
  const { change, facts } = input;
  const { request, record, entity } = change;
  const identity = { profile: request.profile, instance: entity.instance };
  const judged = judgeRecord(record, identity, facts);
  const isAside = ({ member }: JudgedMember) => member.state === 'aside';
  return {
    ...{ input, request, identity, look: facts, judged },
    active: judged.members.filter((it) => !isAside(it)),
    aside: judged.members.filter(isAside),
  };
}

/** What a change attempts, in words. */
export function attemptOf({ request }: ChangeContext): string {
  return `${request.action} the cluster ${request.profile}`;
}

/** The profile. Throws InputInvalid where its file is gone. */
export function profileOf(context: ChangeContext): ClusterProfile {
  const { profile } = context.input;
  if (profile !== undefined) return profile;
  throw refusal(
    attemptOf(context),
    'its profile is not there any more',
    'Bring the file of the profile back; without it a cluster can only be destroyed, purged or brought back.',
  );
}

/** Throws InputInvalid where there are no members to act on. */
export function requireMembers(context: ChangeContext): void {
  if (context.active.length > 0) return;
  const { profile } = context.request;
  throw refusal(attemptOf(context), 'it has no members', `pxm cluster create ${profile} makes it.`);
}

/** Throws InputInvalid where machines are set aside: their names and addresses are theirs until they are deleted. */
export function requireNothingAside(context: ChangeContext): void {
  const { aside, request } = context;
  if (aside.length === 0) return;
  const names = aside.map(({ member }) => member.name).join(', ');
  throw refusal(
    attemptOf(context),
    `${aside.length} of its machines are set aside: ${names}`,
    `pxm cluster undo ${request.profile} brings them back, pxm cluster purge ${request.profile} deletes them.`,
  );
}

/** The role of that name. Throws InputInvalid where the profile has none. */
export function roleOf(context: ChangeContext, name: string): ClusterRole {
  const { roles } = profileOf(context);
  const role = roles.find((it) => it.name === name);
  if (role !== undefined) return role;
  throw refusal(
    attemptOf(context),
    `the profile has no role ${name}`,
    `Its roles are ${roles.map((it) => it.name).join(', ')}.`,
  );
}

/** The place that a name of a machine has in the profile; undefined: it is no such name. Throws where the profile is gone. */
export function placeOf(
  context: ChangeContext,
  name: string,
): { readonly role: string; readonly ordinal: number } | undefined {
  const { roles } = profileOf(context);
  for (const { name: role } of roles) {
    const stem = machineName(context.request.profile, role, 0).slice(0, -1);
    const rest = name.slice(stem.length);
    if (name.startsWith(stem) && /^[1-9]\d{0,3}$/.test(rest)) return { role, ordinal: Number(rest) };
  }
  return undefined;
}

/** Members of a role that count as there. */
export function thereOf({ active }: ChangeContext, role: string): readonly JudgedMember[] {
  return active.filter((it) => isThere(it) && it.member.role === role);
}

/** A machine that is made new; where one was before it gets its address, and perhaps its VMID. */
export function newWish({ request, judged }: ChangeContext, role: ClusterRole, ordinal: number): MachineWish {
  const former = judged.members.find(
    ({ member }) => member.role === role.name && member.ordinal === ordinal && member.state !== 'aside',
  );
  const wasNeverSeen =
    former?.state === 'gone' && former.stranger === undefined && former.member.uuid === undefined;
  const formerAddress = former === undefined ? undefined : addressOf(former);
  return {
    ...{ name: machineName(request.profile, role.name, ordinal), role, ordinal },
    ...(formerAddress === undefined ? {} : { formerAddress }),
    ...(wasNeverSeen ? { preferredVmid: former.member.vmid } : {}),
  };
}

/** Of machines that were adopted nobody has recorded it: their configuration may say it. */
function addressOf(judged: JudgedMember): string | undefined {
  const configured = judged.state === 'ours' ? configuredAddresses(judged.seen.keys) : [];
  return judged.member.address ?? configured[0];
}

/** What was begun before and never became ready, of these roles: it is finished, not made again. */
export function begunWishes(
  { active }: ChangeContext,
  roles: readonly ClusterRole[],
): readonly MachineWish[] {
  return active.flatMap((it): readonly MachineWish[] => {
    const role = roles.find(({ name }) => name === it.member.role);
    if (it.state !== 'ours' || it.member.state !== 'made' || role === undefined) return [];
    const { member, seen } = it;
    return [
      {
        ...{ name: member.name, role, ordinal: member.ordinal, begun: { member, seen } },
        ...(member.address === undefined ? {} : { formerAddress: member.address }),
      },
    ];
  });
}

/** What was begun before in these roles and can't be finished: nobody knows it for certain, or can look at it. */
export function unfinishable(
  { active, look }: ChangeContext,
  roles: readonly ClusterRole[],
): readonly LeftAlone[] {
  return active.flatMap((it) => {
    if (it.member.state !== 'made' || (it.state !== 'doubtful' && it.state !== 'unseen')) return [];
    return roles.some(({ name }) => name === it.member.role) ? [meantOf(it, look)] : [];
  });
}

/** The lowest ordinals of a role that nobody has. */
export function freeOrdinals(there: readonly JudgedMember[], count: number): readonly number[] {
  const used = new Set(there.map(({ member }) => member.ordinal));
  const ordinals: number[] = [];
  for (let ordinal = 1; ordinals.length < count; ordinal += 1) {
    if (!used.has(ordinal)) ordinals.push(ordinal);
  }
  return ordinals;
}

/** Control planes first, then roles in the profile's order, then by ordinal. */
export function inOrder(profile: ClusterProfile, wishes: readonly MachineWish[]): readonly MachineWish[] {
  return wishes.toSorted(
    (one, other) => rank(profile, one) - rank(profile, other) || one.ordinal - other.ordinal,
  );
}

/** Workers first, the machine that etcd was bootstrapped on last; highest ordinals first. */
export function inOrderOfLeaving(
  profile: ClusterProfile | undefined,
  members: readonly JudgedMember[],
  bootstrapOn: number | undefined,
): readonly JudgedMember[] {
  const rankOf = ({ role, vmid }: ClusterMember) =>
    vmid === bootstrapOn ? 2 : isControlPlaneRole(profile, role) ? 1 : 0;
  return members.toSorted(
    ({ member: one }, { member: other }) =>
      rankOf(one) - rankOf(other) || other.ordinal - one.ordinal || one.vmid - other.vmid,
  );
}

function isControlPlaneRole(profile: ClusterProfile | undefined, name: string): boolean {
  return profile?.roles.some((role) => role.name === name && role.kind === 'controlPlane') ?? false;
}

function rank({ roles }: ClusterProfile, { role }: MachineWish): number {
  const at = roles.findIndex(({ name }) => name === role.name);
  return role.kind === 'controlPlane' ? at - roles.length : at;
}
