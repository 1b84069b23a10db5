import type { ClusterMember, ClusterRecord } from '../../domain/cluster/member';
import type { ClusterProfile } from '../../domain/cluster/profile';
import type { JudgedMember } from './members';
import { refusal } from './refusal';

/** The control planes of a Talos cluster as far as etcd's quorum goes. */
export interface EtcdMembers {
  /** VMIDs of all that etcd may count, those that are gone included. */
  readonly all: readonly number[];
  /** Those that are seen running. */
  readonly alive: readonly number[];
  /** Those that were never ready: nobody knows yet whether they have joined. */
  readonly unfinished: readonly number[];
  /** VMID of the one that etcd was, or is to be, bootstrapped on. */
  readonly bootstrapOn?: number;
  readonly bootstrapped: boolean;
}

/** Control planes of a Talos cluster whose etcd was bootstrapped, by what is left of them. */
interface ControlPlanesLeft {
  /** Those that run, as far as anybody sees. */
  readonly running: readonly ClusterMember[];
  /** Those that are there and off, or that nobody can look at. */
  readonly others: readonly ClusterMember[];
  /** Those that were ready, and are not there any more. */
  readonly gone: readonly ClusterMember[];
}

/** What is left of the control planes. What was never ready, and is gone, has most likely never joined etcd. */
export function controlPlanesLeft(
  profile: ClusterProfile,
  judged: readonly JudgedMember[],
): ControlPlanesLeft {
  const members = judged.filter(({ member }) => isControlPlane(profile, member.role));
  const isRunning = (it: JudgedMember) => it.state === 'ours' && it.seen.running;
  const those = (isSo: (it: JudgedMember) => boolean) => members.filter(isSo).map(({ member }) => member);
  return {
    running: those(isRunning),
    others: those((it) => it.state !== 'gone' && !isRunning(it)),
    gone: those((it) => it.state === 'gone' && it.member.state === 'ready'),
  };
}

/**
 * Whether the quorum of etcd is lost for good, whatever is switched on again. One of those that are gone may have left etcd
 * before, by an operation that broke off afterwards: as each of them ends where one machine does not leave, no more than one.
 */
export function isQuorumLost({ running, others, gone }: ControlPlanesLeft): boolean {
  const there = running.length + others.length;
  return gone.length > 0 && there < quorumOf(there + gone.length - 1);
}

/** Votes that etcd needs. */
export function quorumOf(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** What etcd counts; undefined for clusters that are not of Talos. */
export function etcdOf(
  profile: ClusterProfile,
  record: ClusterRecord | undefined,
  judged: readonly JudgedMember[],
): EtcdMembers | undefined {
  if (profile.type !== 'talos') return undefined;
  const members = judged.filter(({ member }) => isControlPlane(profile, member.role));
  const { bootstrapOn, bootstrapped = false } = record?.talos ?? {};
  return {
    all: members.map(({ member }) => member.vmid),
    alive: members.flatMap((it) => (it.state === 'ours' && it.seen.running ? it.member.vmid : [])),
    unfinished: members.flatMap(({ member }) => (member.state === 'ready' ? [] : member.vmid)),
    ...(bootstrapOn === undefined ? {} : { bootstrapOn }),
    bootstrapped,
  };
}

/** Whether machines of a role are control planes. */
export function isControlPlane({ roles }: ClusterProfile, role: string): boolean {
  return roles.some(({ name, kind }) => name === role && kind === 'controlPlane');
}

/**
 * etcd after a control plane has left. Throws InputInvalid where it would have no quorum to let it go, or none
 * afterwards, or no member at all; and where nobody knows yet whether etcd was bootstrapped on it. Nobody relies on one
 * that was never ready where one leaves that was.
 */
export function afterLeaving(etcd: EtcdMembers, vmid: number, name: string): EtcdMembers {
  const attempted = `take ${name} (VM ${vmid}) out of the control planes`;
  if (!etcd.bootstrapped) {
    if (etcd.bootstrapOn !== vmid) return without(etcd, vmid);
    throw refusal(
      attempted,
      'etcd was to be bootstrapped on it, and nobody knows yet whether it was',
      'Finish the cluster first (pxm cluster create), or destroy it (pxm cluster destroy --now) and create it again.',
    );
  }
  const unsure = etcd.unfinished.includes(vmid)
    ? []
    : etcd.unfinished.filter((it) => etcd.alive.includes(it));
  const relied = { ...etcd, alive: etcd.alive.filter((it) => !unsure.includes(it)) };
  const finish =
    unsure.length === 0
      ? undefined
      : `VM ${unsure.join(', VM ')} was never ready, so nobody relies on it: finish it first (pxm cluster create), or replace it, then ask again.`;
  const left = without(relied, vmid);
  const needed = quorumOf(etcd.all.length);
  if (etcd.all.includes(vmid) && left.all.length === 0) {
    throw refusal(
      attempted,
      'it is the only one: etcd and all that Kubernetes knows would be lost',
      'Scale the control planes to three first, or destroy the whole cluster (pxm cluster destroy --now) and create it again.',
    );
  }
  if (relied.alive.length < needed) {
    throw refusal(
      attempted,
      `etcd has no quorum: ${relied.alive.length} of ${etcd.all.length} control planes run, ${needed} are needed`,
      finish ??
        'Bring control planes back first, or destroy the whole cluster (pxm cluster destroy --now) and create it again.',
    );
  }
  const neededThen = quorumOf(left.all.length);
  if (left.alive.length >= neededThen) return without(etcd, vmid);
  throw refusal(
    attempted,
    `etcd would lose its quorum: ${left.alive.length} of ${left.all.length} would run, ${neededThen} are needed`,
    finish ?? 'Bring the other control planes back first; replace first what does not run.',
  );
}

/** etcd after a new control plane has joined in the place of one that left. */
export function afterJoining(etcd: EtcdMembers, standIn: number): EtcdMembers {
  return { ...etcd, all: [...etcd.all, standIn], alive: [...etcd.alive, standIn] };
}

function without(etcd: EtcdMembers, vmid: number): EtcdMembers {
  const isOther = (it: number) => it !== vmid;
  const { all, alive, unfinished } = etcd;
  return {
    ...etcd,
    ...{ all: all.filter(isOther), alive: alive.filter(isOther), unfinished: unfinished.filter(isOther) },
  };
}
