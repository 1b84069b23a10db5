import type { EtcdSeen } from '../../domain/talos/machine';

/** Members of etcd that a machine is, or was. */
export interface MembersOfMachine {
  /** By its own word; undefined: it does not run, or is no member. */
  readonly own?: string;
  /** Of its name, and no machine that runs says to be it. */
  readonly unclaimed: readonly string[];
}

/** Which members of etcd a machine is, or was: only a machine itself tells which one it is. */
export function membersOf(
  { members, running }: EtcdSeen,
  { name, uuid }: { readonly name: string; readonly uuid?: string },
): MembersOfMachine {
  const own = running.find((it) => it.uuid === uuid?.toLowerCase())?.memberId;
  const isClaimed = (id: string) => running.some(({ memberId }) => memberId === id);
  const isListed = members.some(({ id }) => id === own);
  return {
    ...(own === undefined || !isListed ? {} : { own }),
    unclaimed: members.filter(({ id, hostname }) => hostname === name && !isClaimed(id)).map(({ id }) => id),
  };
}

/** The votes of etcd. */
export interface EtcdVotes {
  readonly votes: number;
  /** Of members whose machine runs. */
  readonly alive: number;
  readonly needed: number;
}

/** The votes that are left without these members. A quorum is there with at least `needed` of them alive. */
export function votesWithout({ members, running }: EtcdSeen, ids: readonly string[]): EtcdVotes {
  const left = members.filter(({ id, isLearner }) => !isLearner && !ids.includes(id));
  const alive = left.filter(({ id }) => running.some(({ memberId }) => memberId === id));
  return { votes: left.length, alive: alive.length, needed: Math.floor(left.length / 2) + 1 };
}
