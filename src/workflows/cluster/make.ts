import type { PlannedMachine } from '../../domain/cluster/plan';
import { problem } from '../../domain/errors';
import { activities } from '../shared/calls';
import { failedFrame, interruption, isCancelled, type FrameStep } from '../shared/frameStep';
import type { StepFailure } from '../shared/stepRun';
import { clone, identify, move } from './clone';
import { machineArguments, machineWords } from './machine';
import { inPipelines } from './pipelines';
import type { ClusterRun } from './run';
import { callStep, machineStep, taskStep, whenFailed } from './step';
import { tellOfMember } from './tell';

const { clusterChanges: changes, clusterWaits: waits } = activities;

/** Makes machines, control planes first. True if all of them are ready. */
export function makeMachines(run: ClusterRun, machines: readonly PlannedMachine[]): Promise<boolean> {
  const isFirst = ({ kind }: PlannedMachine) => kind === 'controlPlane';
  const inTurn = [...machines.filter(isFirst), ...machines.filter((machine) => !isFirst(machine))];
  return inPipelines(run.operation, inTurn, (machine) => makeMachine(run, machine));
}

async function makeMachine(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  return (
    (await clone(run, machine)) &&
    (await move(run, machine)) &&
    (await identify(run, machine)) &&
    (await configure(run, machine)) &&
    (await grow(run, machine)) &&
    (await start(run, machine)) &&
    (await becomesReady(run, machine)) &&
    (await protect(run, machine))
  );
}

function configure(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const work = { name: 'configure', vmid: machine.vmid, title: `Configure ${machineWords(machine)}` };
  return callStep(run, work, (options) =>
    changes.configureMachine.executeWithOptions(options, [machineArguments(run, machine)]),
  );
}

async function grow(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  if (machine.grow === undefined) return true;
  const title = `Grow ${machine.grow.disk} of ${machineWords(machine)}`;
  return taskStep(run, { name: 'grow', vmid: machine.vmid, title }, (options, before) =>
    changes.growMachine.executeWithOptions(options, [machineArguments(run, machine, before)]),
  );
}

function start(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const work = { name: 'start', vmid: machine.vmid, title: `Start ${machineWords(machine)}` };
  return taskStep(run, work, (options, before) =>
    changes.startMachine.executeWithOptions(options, [machineArguments(run, machine, before)]),
  );
}

async function becomesReady(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const work = { name: 'ready', vmid: machine.vmid, title: `Wait until ${machineWords(machine)} is ready` };
  const isReady = await machineStep(run, work, 'read', (step) => watch(run, step, machine));
  if (isReady) await tellOfMember(run, machine.vmid);
  return isReady;
}

async function watch(
  run: ClusterRun,
  step: FrameStep,
  machine: PlannedMachine,
): Promise<StepFailure | undefined> {
  const { title } = step.record;
  step.phase('running');
  const watched = await step.wait(
    title,
    () =>
      waits.watchMachine.executeWithOptions({ summary: title.slice(0, 180) }, [
        machineArguments(run, machine),
      ]),
    () => isCancelled(run),
  );
  if (watched === 'interrupted') return failedFrame(run, step, interruption(title), whenFailed);
  if (!watched.ok) return failedFrame(run, step, watched.problem, whenFailed);
  const { ready, seen, address } = watched.value;
  const captures = { ready, ...(address === undefined ? {} : { address }) };
  step.keep({ outcome: 'done', output: seen.join('\n'), captures });
  if (ready) return undefined;
  const failed = `it is not ready: ${seen.join('; ')}`;
  const remedy = `Look at its console: ${machineWords(machine)} still runs. retry watches again, skip leaves it as it is.`;
  return failedFrame(run, step, problem('NotAsExpected', { attempted: title, failed, remedy }), whenFailed);
}

async function protect(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  if (!run.frame.protection) return true;
  const title = `Protect ${machineWords(machine)} against removal`;
  return callStep(run, { name: 'protect', vmid: machine.vmid, title }, (options) =>
    changes.protectMachine.executeWithOptions(options, [machineArguments(run, machine)]),
  );
}
