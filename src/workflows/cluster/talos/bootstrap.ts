import type { PlannedMachine, PlannedTalos } from '../../../domain/cluster/plan';
import { problem, problemText, type Problem } from '../../../domain/errors';
import type { ChangeSeen, TalosMachine } from '../../../domain/talos/machine';
import { askOnce, askPatiently } from '../../runbook/once';
import { activities } from '../../shared/calls';
import { failedFrame, type FrameStep } from '../../shared/frameStep';
import type { StepFailure } from '../../shared/stepRun';
import { machineWords } from '../machine';
import { mayHaveBegun } from '../mayHaveBegun';
import type { ClusterRun } from '../run';
import { machineStep, whenFailed } from '../step';
import { tellOfTalos } from '../tell';
import { castOf, configuredNow, talosFiles, talosMachineOf } from './machines';
import { bootstrapStep } from './record';

const { talosReads: reads, talosOnce: once } = activities;

/**
 * Bootstraps etcd, where this is the one machine that the plan names for it; true for any other. The entity is told before
 * the call that it is this machine, and keeps it: no other one is ever asked, whatever becomes of the answer.
 */
export async function bootstrapIfChosen(
  run: ClusterRun,
  talos: PlannedTalos,
  machine: PlannedMachine,
): Promise<boolean> {
  if (machine.vmid !== talos.bootstrapOn) return true;
  const title = `Bootstrap etcd on ${machineWords(machine)}, on no other machine`;
  const isDone = await machineStep(
    run,
    { name: bootstrapStep, vmid: machine.vmid, title },
    'change',
    async (step) => {
      await tellOfTalos(run);
      return bootstrap(run, step, talos, machine);
    },
  );
  if (isDone) await tellOfTalos(run);
  return isDone;
}

/**
 * Sent once; where it was asked before not if another control plane has etcd by now: the machine may have been wiped since,
 * and would begin a second one. Where its answer was lost it is looked for; a person is asked where it is not to be seen, and has it sent
 * again at most to the same machine, which refuses a second one and tells so.
 */
async function bootstrap(
  run: ClusterRun,
  step: FrameStep,
  talos: PlannedTalos,
  machine: PlannedMachine,
): Promise<StepFailure | undefined> {
  const { title } = step.record;
  const own = talosMachineOf(run, machine);
  const others = wasAsked(run, step, machine) ? othersOf(run, talos, own) : [];
  const question = { files: talosFiles(run), machine: own, others };
  const asking = { step, round: { title } };
  const begun = await askOnce(asking, () =>
    once.bootstrapTalos.executeWithOptions({ summary: title.slice(0, 180) }, [
      { ...question, withinMs: run.frame.readyWithinMs },
    ]),
  );
  if (begun.ok) {
    step.keep({ outcome: 'done', captures: { how: begun.value.how } });
    return undefined;
  }
  if (!mayHaveBegun(run, begun.problem)) return failedFrame(run, step, begun.problem, whenFailed);
  const seen = await askPatiently(asking, () =>
    reads.lookForTalosBootstrap.executeWithOptions(
      { summary: `look what became of it: ${title}`.slice(0, 180) },
      [question],
    ),
  );
  if (seen.ok && seen.value === 'done') {
    step.keep({ outcome: 'done', captures: { how: 'seen after its answer was lost' } });
    return undefined;
  }
  const because = seen.ok ? notSeen[seen.value] : `that could not be seen: ${problemText(seen.problem)}`;
  return failedFrame(run, step, lost(title, because, begun.problem), whenFailed);
}

/** By an operation before, or by this step: then etcd may be there, and others may have joined it. */
function wasAsked(
  { operation, change }: ClusterRun,
  { record }: FrameStep,
  { vmid }: PlannedMachine,
): boolean {
  return (
    change.record?.talos?.bootstrapOn === vmid ||
    operation.state.decisions.some(({ stepId }) => stepId === record.id)
  );
}

function othersOf(run: ClusterRun, talos: PlannedTalos, { uuid }: TalosMachine): readonly TalosMachine[] {
  return castOf(configuredNow(run), talos).controlPlanes.filter((it) => it.uuid !== uuid);
}

const notSeen: Readonly<Record<ChangeSeen, string>> = {
  done: 'etcd has members',
  notDone: 'etcd has no members on it',
  unknown: 'the machine does not tell whether etcd has members',
};

function lost(attempted: string, because: string, { proxmoxSaid, saidBy }: Problem): Problem {
  return problem('OutcomeUnknown', {
    attempted,
    failed: `its answer was lost, and ${because}`,
    remedy:
      'retry asks the same machine once more, which refuses a second bootstrap and tells so. No other machine is ever asked.',
    ...(proxmoxSaid === undefined ? {} : { proxmoxSaid }),
    ...(saidBy === undefined ? {} : { saidBy }),
  });
}
