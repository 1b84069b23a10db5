import type { ClusterMember } from '../../../domain/cluster/member';
import { problem } from '../../../domain/errors';
import type { TalosMachine } from '../../../domain/talos/machine';
import { activities } from '../../shared/calls';
import { failedFrame, type FrameStep } from '../../shared/frameStep';
import type { StepFailure } from '../../shared/stepRun';
import { machineWords } from '../machine';
import type { ClusterRun } from '../run';
import { machineStep, whenFailed } from '../step';
import { talosFiles } from './machines';

const { talosReads: reads } = activities;

/**
 * Whether a control plane may leave: etcd lists its members at another one (which it only does with a quorum), and of those
 * that would be left a majority runs. Looked at right before it goes; the plan has looked when it was made.
 */
export function keepsQuorum(
  run: ClusterRun,
  member: ClusterMember,
  others: readonly TalosMachine[],
): Promise<boolean> {
  const title = `See that etcd keeps its quorum without ${machineWords(member)}`;
  return machineStep(run, { name: 'quorum', vmid: member.vmid, title }, 'read', (step) =>
    look(run, step, member.name, others),
  );
}

async function look(
  run: ClusterRun,
  step: FrameStep,
  name: string,
  others: readonly TalosMachine[],
): Promise<StepFailure | undefined> {
  const { title } = step.record;
  const files = talosFiles(run);
  const lacking = (failed: string) =>
    failedFrame(run, step, problem('NotAsExpected', { attempted: title, failed, remedy }), whenFailed);
  const [on] = others;
  if (on === undefined) return lacking('no other control plane is ready');
  const listed = await step.attempt(title, () =>
    reads.listEtcdMembers.executeWithOptions({ summary: 'list the members of etcd' }, [{ files, on }]),
  );
  if (!listed.ok) return failedFrame(run, step, listed.problem, whenFailed);
  const left = listed.value.filter(({ hostname, isLearner }) => hostname !== name && !isLearner);
  const running: string[] = [];
  for (const machine of others) {
    const seen = await step.attempt(title, () =>
      reads.probeTalosMachine.executeWithOptions({ summary: `look at ${machine.name}` }, [
        { files, machine },
      ]),
    );
    if (seen.ok && seen.value.face === 'ours' && seen.value.stage === 'running') running.push(machine.name);
  }
  const alive = left.filter(({ hostname }) => running.includes(hostname)).length;
  const needed = Math.floor(left.length / 2) + 1;
  if (alive >= needed) {
    step.keep({ outcome: 'done', captures: { left: left.length, alive } });
    return undefined;
  }
  return lacking(`${alive} of ${left.length} members that would be left run, ${needed} are needed`);
}

const remedy = 'Bring the other control planes back first, then retry. skip leaves this machine as it is.';
