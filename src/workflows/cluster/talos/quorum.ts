import { problem, type Problem } from '../../../domain/errors';
import type { EtcdSeen } from '../../../domain/talos/machine';
import { membersOf, votesWithout, type EtcdVotes } from '../../../planning/rules/etcdMembers';
import { activities } from '../../shared/calls';
import type { Attempt } from '../../shared/credentials';
import { failedFrame, type FrameStep } from '../../shared/frameStep';
import { machineWords } from '../machine';
import type { ClusterRun } from '../run';
import { machineStep, whenFailed } from '../step';
import type { Leaving } from './leaving';
import { talosFiles } from './machines';

const { talosReads: reads } = activities;

/** What etcd is without a machine, and which of its members that machine is. */
interface QuorumSeen extends EtcdVotes {
  /** Ids of members. */
  readonly goes: readonly string[];
}

/**
 * Whether a control plane may leave: etcd lists its members at another one (which it only does with a quorum), and of those
 * that would be left a majority runs, each by its own word and its uuid. Looked at before anything is done to it, and once
 * more right before it is reset; the plan has looked when it was made.
 */
export function keepsQuorum(run: ClusterRun, leaving: Leaving): Promise<boolean> {
  const { vmid } = leaving.member;
  const title = `See that etcd keeps its quorum without ${machineWords(leaving.member)}`;
  return machineStep(run, { name: 'quorum', vmid, title }, 'read', async (step) => {
    const seen = await seeQuorum(run, step, leaving);
    if (!seen.ok) return failedFrame(run, step, seen.problem, whenFailed);
    step.keep({ outcome: 'done', captures: { ...seen.value } });
    return undefined;
  });
}

/** What etcd would be without a control plane; a problem where it would have no quorum, or nobody tells. */
export async function seeQuorum(
  run: ClusterRun,
  step: FrameStep,
  { machine, others }: Leaving,
): Promise<Attempt<QuorumSeen>> {
  const { title } = step.record;
  const read = await step.attempt(title, () =>
    reads.readEtcd.executeWithOptions({ summary: 'list the members of etcd' }, [
      { files: talosFiles(run), others, machine },
    ]),
  );
  if (!read.ok) return read;
  const seen = without(read.value, machine);
  if (seen.alive >= seen.needed) return { ok: true, value: seen };
  return { ok: false, problem: lacking(title, seen) };
}

function without(etcd: EtcdSeen, machine: Leaving['machine']): QuorumSeen {
  const { own, unclaimed } = membersOf(etcd, machine);
  const goes = [...(own === undefined ? [] : [own]), ...unclaimed];
  return { goes, ...votesWithout(etcd, goes) };
}

function lacking(attempted: string, { votes, alive, needed }: QuorumSeen): Problem {
  return problem('NotAsExpected', {
    attempted,
    failed: `${alive} of ${votes} members that would be left run, ${needed} are needed`,
    remedy: 'Bring the other control planes back first, then retry. skip leaves this machine as it is.',
  });
}
