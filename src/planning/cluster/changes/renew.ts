import type { ClusterMember } from '../../../domain/cluster/member';
import type { ClusterRole } from '../../../domain/cluster/profile';
import type { JudgedMember } from '../members';
import { machineName } from '../names';
import { nothingToDo, type ChangeOutline, type MachineWish, type PhaseOutline } from '../outline';
import { afterJoining, afterLeaving, etcdOf, type EtcdMembers } from '../quorum';
import { refusal } from '../refusal';
import { removalsOf } from '../removals';
import {
  attemptOf,
  inOrder,
  inOrderOfLeaving,
  newWish,
  placeOf,
  profileOf,
  requireMembers,
  requireNothingAside,
  roleOf,
  type ChangeContext,
} from './context';

/**
 * Replaces the machines that are named: each goes, then a new one of its name, ordinal and address is made. One that is not
 * there is only made, where the request says so.
 */
export function outlineReplace(context: ChangeContext): ChangeOutline {
  const { machines = [], orMissing = false } = context.request;
  requireNothingAside(context);
  if (!orMissing) requireMembers(context);
  const names = [...new Set(machines)];
  if (names.length === 0) {
    throw refusal(attemptOf(context), 'no machine is named', `Its machines are ${namesOf(context)}.`);
  }
  const missing = orMissing ? names.flatMap((name) => missingCalled(context, name) ?? []) : [];
  const there = names.filter((name) => !missing.some((wish) => wish.name === name));
  return oneByOne(
    context,
    there.map((name) => memberCalled(context, name)),
    missing,
  );
}

/** A machine of the profile that is no member; undefined: it is one, or the profile has no place of that name. */
function missingCalled(context: ChangeContext, name: string): MachineWish | undefined {
  const place = placeOf(context, name);
  const isHere = ({ member: it }: JudgedMember) =>
    it.name === name || (it.role === place?.role && it.ordinal === place.ordinal);
  if (place === undefined || context.active.some(isHere)) return undefined;
  return newWish(context, roleOf(context, place.role), place.ordinal);
}

/** Replaces members of an older version of the template, one after the other: control planes first. */
export function outlineUpgrade(context: ChangeContext): ChangeOutline {
  requireNothingAside(context);
  requireMembers(context);
  const profile = profileOf(context);
  const { copies } = context.look;
  const generation = Math.max(0, ...copies.map((copy) => copy.generation));
  const isOld = ({ member }: JudgedMember) => (member.generation ?? generation) < generation;
  const old = context.active.filter(isOld);
  const unknown = context.active.filter(({ member }) => member.generation === undefined);
  const { bootstrapOn } = context.input.change.record?.talos ?? {};
  const ordered = inOrderOfUpgrade(context, old, bootstrapOn);
  const warnings = unknown.map(
    ({ member }) =>
      `${member.name} was adopted: of which version of a template it is nobody knows. It stays; pxm cluster replace makes it anew.`,
  );
  const outline =
    ordered.length === 0
      ? nothingToDo(
          `Nothing to do: no machine is of an older version of ${profile.template} than ${generation}.`,
        )
      : oneByOne(context, ordered);
  return { ...outline, warnings: [...outline.warnings, ...warnings] };
}

/** All machines go, then they are made again with their names, ordinals and addresses; what is missing as well. */
export function outlineRebuild(context: ChangeContext): ChangeOutline {
  requireNothingAside(context);
  requireMembers(context);
  const profile = profileOf(context);
  const { removals, leftAlone, warnings } = removalsOf(
    inOrderOfLeaving(profile, context.active, undefined),
    context.look,
  );
  const going = new Set(removals.map(({ removal }) => removal.member.vmid));
  const stays = context.active.filter((it) => it.state !== 'gone' && !going.has(it.member.vmid));
  const wishes = profile.roles.flatMap((role) => {
    const of = (members: readonly JudgedMember[]) =>
      members.filter(({ member }) => member.role === role.name).map(({ member }) => member.ordinal);
    const wanted = Array.from({ length: role.count }, (_, index) => index + 1);
    const ordinals = new Set([...wanted, ...of(context.active)]);
    const kept = new Set(of(stays));
    return [...ordinals]
      .filter((ordinal) => !kept.has(ordinal))
      .map((ordinal) => newWish(context, role, ordinal));
  });
  const roles = new Set(profile.roles.map(({ name }) => name));
  const unwanted = context.active.filter(({ member }) => going.has(member.vmid) && !roles.has(member.role));
  const phases: PhaseOutline[] = [
    ...(removals.length === 0 ? [] : [{ kind: 'delete' as const, removals }]),
    ...(wishes.length === 0 ? [] : [{ kind: 'make' as const, wishes: inOrder(profile, wishes) }]),
  ];
  const notMade = unwanted.map(
    ({ member }) => `${member.name} is not made again: the profile has no role ${member.role}.`,
  );
  return { phases, leftAlone, warnings: [...warnings, ...notMade, ...renamed(phases)] };
}

/** What was adopted kept its name; what is made in its place has that of the profile. */
function renamed(phases: readonly PhaseOutline[]): readonly string[] {
  const wishes = phases.flatMap((phase) => (phase.kind === 'make' ? phase.wishes : []));
  return phases
    .flatMap((phase) => (phase.kind === 'delete' ? phase.removals : []))
    .flatMap(({ removal: { member } }) => {
      const wish = wishes.find((it) => it.role.name === member.role && it.ordinal === member.ordinal);
      if (wish === undefined || wish.name === member.name) return [];
      return [`${member.name} is made anew as ${wish.name}: it had kept its name when it was adopted.`];
    });
}

/** What is missing first, then [delete X][make X] for each: never more than one is missing. */
function oneByOne(
  context: ChangeContext,
  members: readonly JudgedMember[],
  missing: readonly MachineWish[] = [],
): ChangeOutline {
  const { input, look } = context;
  const profile = profileOf(context);
  let etcd = etcdOf(profile, input.change.record, context.active);
  const phases: PhaseOutline[] = [];
  if (missing.length > 0) phases.push({ kind: 'make', wishes: inOrder(profile, missing) });
  for (const [at, { role }] of missing.entries()) {
    if (etcd !== undefined && role.kind === 'controlPlane') etcd = afterJoining(etcd, -(at + 1));
  }
  const { removals, leftAlone, warnings } = removalsOf(members, look);
  for (const { member, state } of members) {
    const outline = removals.find(({ removal }) => removal.member.vmid === member.vmid);
    if (outline === undefined && state !== 'gone') continue;
    const role = roleOf(context, member.role);
    const isVoter = etcd?.all.includes(member.vmid) ?? false;
    if (etcd !== undefined && isVoter) {
      const left = afterLeaving(etcd, member.vmid, member.name);
      requireThird(context, role, etcd, member);
      etcd = left;
    }
    if (outline !== undefined) phases.push({ kind: 'delete', removals: [outline] });
    phases.push({ kind: 'make', wishes: [newWish(context, role, member.ordinal)] });
    if (etcd !== undefined && isVoter) etcd = afterJoining(etcd, -member.vmid);
  }
  if (phases.length > 0) return { phases, leftAlone, warnings: [...warnings, ...renamed(phases)] };
  const nothing = nothingToDo('Nothing to do: none of these machines can be replaced.');
  return { ...nothing, leftAlone, warnings: [...nothing.warnings, ...warnings] };
}

/** Where one of three lacks already, and one goes that was ready, etcd would rest on a single one until the new one has joined. */
function requireThird(
  context: ChangeContext,
  { name: role, count }: ClusterRole,
  etcd: EtcdMembers,
  { name, vmid }: ClusterMember,
): void {
  if (!etcd.bootstrapped || etcd.all.length !== 2 || count <= 2 || etcd.unfinished.includes(vmid)) return;
  const { profile } = context.request;
  throw refusal(
    attemptOf(context),
    `only 2 of ${count} ${role} are there: without ${name}, etcd would rest on a single one`,
    `Make those that lack first (pxm cluster create ${profile}), then ask again.`,
  );
}

function inOrderOfUpgrade(
  context: ChangeContext,
  members: readonly JudgedMember[],
  bootstrapOn: number | undefined,
): readonly JudgedMember[] {
  const { roles } = profileOf(context);
  const rankOf = ({ member }: JudgedMember) => {
    const at = roles.findIndex(({ name }) => name === member.role);
    return roles[at]?.kind === 'controlPlane' ? at - roles.length : at;
  };
  const isLast = ({ member }: JudgedMember) => Number(member.vmid === bootstrapOn);
  return members.toSorted(
    (one, other) =>
      rankOf(one) - rankOf(other) || isLast(one) - isLast(other) || one.member.ordinal - other.member.ordinal,
  );
}

/** The machine of that place in the profile; else the adopted one that is called so. */
function memberCalled(context: ChangeContext, name: string): JudgedMember {
  const { profile } = context.request;
  const found =
    context.active.find(({ member }) => machineName(profile, member.role, member.ordinal) === name) ??
    context.active.find(({ member }) => member.name === name);
  if (found !== undefined) return found;
  throw refusal(attemptOf(context), `it has no machine ${name}`, `Its machines are ${namesOf(context)}.`);
}

function namesOf({ active }: ChangeContext): string {
  return active.map(({ member }) => member.name).join(', ');
}
