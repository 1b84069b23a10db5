import type { ClusterMember } from '../../../domain/cluster/member';
import { problem, problemText } from '../../../domain/errors';
import type { ChangeSeen, TalosMachine } from '../../../domain/talos/machine';
import { askOnce, askPatiently } from '../../runbook/once';
import { activities } from '../../shared/calls';
import { failedFrame, type FrameStep } from '../../shared/frameStep';
import type { StepFailure } from '../../shared/stepRun';
import { machineWords } from '../machine';
import { mayHaveBegun } from '../mayHaveBegun';
import type { ClusterRun } from '../run';
import { machineStep, whenFailed } from '../step';
import { talosFiles } from './machines';

const { talosReads: reads, talosOnce: once } = activities;

/** Wipes a machine, which leaves etcd first and is off then. Sent once; only a person has it sent again. True if it is. */
export function resetOnce(run: ClusterRun, member: ClusterMember, machine: TalosMachine): Promise<boolean> {
  const title = `Let ${machineWords(member)} leave the cluster and forget everything`;
  return machineStep(run, { name: 'reset', vmid: member.vmid, title }, 'destroy', (step) =>
    reset(run, step, machine),
  );
}

async function reset(
  run: ClusterRun,
  step: FrameStep,
  machine: TalosMachine,
): Promise<StepFailure | undefined> {
  const { title } = step.record;
  const question = { files: talosFiles(run), machine };
  const asking = { step, round: { title } };
  const isNothing = await askPatiently(asking, () =>
    reads.lookForTalosReset.executeWithOptions({ summary: 'look whether it has a configuration' }, [
      question,
    ]),
  );
  if (isNothing.ok && isNothing.value === 'done') return undefined;
  const begun = await askOnce(asking, () =>
    once.resetTalosMachine.executeWithOptions({ summary: title.slice(0, 180) }, [
      { ...question, graceful: true },
    ]),
  );
  if (begun.ok) return undefined;
  if (!mayHaveBegun(run, begun.problem)) return failedFrame(run, step, begun.problem, whenFailed);
  const seen = await askPatiently(asking, () =>
    reads.lookForTalosReset.executeWithOptions(
      { summary: `look what became of it: ${title}`.slice(0, 180) },
      [question],
    ),
  );
  if (seen.ok && seen.value === 'done') return undefined;
  const because = seen.ok ? notSeen[seen.value] : `that could not be seen: ${problemText(seen.problem)}`;
  const { proxmoxSaid } = begun.problem;
  const it = problem('OutcomeUnknown', {
    attempted: title,
    failed: `its answer was lost, and ${because}`,
    remedy:
      'Look at its console first: retry wipes it once more, skip leaves it as it is. One that is off is deleted without this by the next operation.',
    ...(proxmoxSaid === undefined ? {} : { proxmoxSaid }),
  });
  return failedFrame(run, step, it, whenFailed);
}

const notSeen: Readonly<Record<ChangeSeen, string>> = {
  done: 'it was done',
  notDone: 'the machine still knows the cluster',
  unknown: 'the machine does not tell whether it was wiped',
};
