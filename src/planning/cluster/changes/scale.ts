import type { ClusterMember } from '../../../domain/cluster/member';
import type { LeftAlone } from '../../../domain/cluster/plan';
import type { ClusterRole } from '../../../domain/cluster/profile';
import type { JudgedMember } from '../members';
import { goneControlPlanes } from '../etcd';
import {
  nothingToDo,
  type ChangeOutline,
  type MachineWish,
  type PhaseOutline,
  type RemovalOutline,
} from '../outline';
import { afterLeaving, etcdOf, type EtcdMembers } from '../quorum';
import { refusal } from '../refusal';
import { removalsOf } from '../removals';
import { isAnythingMissingInside } from '../talos';
import {
  attemptOf,
  begunWishes,
  freeOrdinals,
  inOrder,
  inOrderOfLeaving,
  newWish,
  profileOf,
  requireMembers,
  requireNothingAside,
  roleOf,
  thereOf,
  unfinishable,
  type ChangeContext,
} from './context';

/**
 * Gives roles as many machines as asked for: new ones get the lowest free ordinals, the highest go. What was begun in
 * such a role is finished. Control planes of Talos go one by one, stay odd, and never fall below etcd's quorum.
 */
export function outlineScale(context: ChangeContext): ChangeOutline {
  requireNothingAside(context);
  requireMembers(context);
  const profile = profileOf(context);
  const counts = Object.entries(context.request.counts ?? {});
  if (counts.length === 0) {
    throw refusal(attemptOf(context), 'no role is named', 'Say how many machines which role is to have.');
  }
  const wishes: MachineWish[] = [];
  const goes: JudgedMember[] = [];
  const unfinished: LeftAlone[] = [];
  for (const [name, count] of counts) {
    const role = roleOf(context, name);
    requireCount(context, role, count);
    const there = thereOf(context, name);
    const lacking = Math.max(0, count - there.length);
    const surplus = Math.max(0, there.length - count);
    const { bootstrapOn } = context.input.change.record?.talos ?? {};
    const going = inOrderOfLeaving(profile, there, bootstrapOn).slice(0, surplus);
    const vmids = new Set(going.map(({ member }) => member.vmid));
    goes.push(...going);
    wishes.push(...freeOrdinals(there, lacking).map((ordinal) => newWish(context, role, ordinal)));
    wishes.push(...begunWishes(context, [role]).filter((it) => !vmids.has(it.begun?.member.vmid ?? 0)));
    unfinished.push(...unfinishable(context, [role]).filter(({ vmid }) => !vmids.has(vmid)));
  }
  const gone = goneControlPlanes(
    context,
    wishes.map((it) => it.name),
  );
  const down = leaving(context, inOrderOfLeaving(profile, goes, undefined), gone);
  const make: PhaseOutline[] =
    wishes.length === 0 ? [] : [{ kind: 'make', wishes: inOrder(profile, wishes) }];
  const phases = [...make, ...down.phases];
  const leftAlone = [...down.leftAlone, ...unfinished];
  if (phases.length > 0 || isAnythingMissingInside(context)) return { ...down, phases, leftAlone };
  const because = goes.length > 0 ? 'none of the machines that would go can' : 'the roles have that many';
  const nothing = nothingToDo(`Nothing to do: ${because}.`);
  return { ...nothing, leftAlone, warnings: [...nothing.warnings, ...down.warnings] };
}

/** Workers in one phase, control planes of Talos each in one of its own; what is left of those that are gone goes first. */
function leaving(
  context: ChangeContext,
  goes: readonly JudgedMember[],
  gone: readonly ClusterMember[],
): ChangeOutline {
  const profile = profileOf(context);
  let etcd = etcdOf(profile, context.input.change.record, context.active);
  const { removals, leftAlone, warnings } = removalsOf(goes, context.look);
  const phases: PhaseOutline[] = [];
  const workers = removals.filter(({ removal }) => !isVoter(etcd, removal.member.vmid));
  if (workers.length > 0) phases.push({ kind: 'delete', removals: workers });
  if (workers.length < removals.length) etcd = withoutGone(etcd, gone);
  // Those first on which nobody relies.
  const isReady = ({ removal: { member } }: RemovalOutline) => Number(member.state === 'ready');
  for (const outline of removals.toSorted((one, other) => isReady(one) - isReady(other))) {
    const { vmid, name } = outline.removal.member;
    if (etcd === undefined || !isVoter(etcd, vmid)) continue;
    etcd = afterLeaving(etcd, vmid, name);
    phases.push({ kind: 'delete', removals: [outline] });
  }
  return { phases, leftAlone, warnings };
}

function withoutGone(etcd: EtcdMembers | undefined, gone: readonly ClusterMember[]): EtcdMembers | undefined {
  return gone.reduce(
    (left, { vmid, name }) =>
      left === undefined || !isVoter(left, vmid) ? left : afterLeaving(left, vmid, name),
    etcd,
  );
}

function isVoter(etcd: EtcdMembers | undefined, vmid: number): boolean {
  return etcd?.all.includes(vmid) ?? false;
}

function requireCount(context: ChangeContext, { name, kind }: ClusterRole, count: number): void {
  const attempted = attemptOf(context);
  if (!Number.isInteger(count) || count < 0 || count > 999) {
    throw refusal(attempted, `${count} is no number of machines for ${name}`, 'Name a whole number.');
  }
  if (profileOf(context).type !== 'talos' || kind !== 'controlPlane' || count % 2 === 1) return;
  if (count === 0) {
    throw refusal(
      attempted,
      'the last control plane never goes: etcd and all that Kubernetes knows would be lost',
      `Ask for 1, or for the end of the whole cluster: pxm cluster destroy ${context.request.profile}`,
    );
  }
  throw refusal(
    attempted,
    `${count} control planes: etcd needs an odd number of members`,
    `Ask for ${count + 1} or ${count - 1}.`,
  );
}
