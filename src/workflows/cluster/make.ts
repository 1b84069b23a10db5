import type { PlannedMachine, PlannedTalos } from '../../domain/cluster/plan';
import { activities } from '../shared/calls';
import { clone, identify, move } from './clone';
import { machineArguments, machineWords } from './machine';
import { makingWork } from './making';
import { inPipelines } from './pipelines';
import type { ClusterRun } from './run';
import { callStep, stepId, taskStep } from './step';
import { makeKubernetes } from './talos/make';
import { prepareAnew } from './talos/prepare';
import { tellOfMember } from './tell';
import { waitStep } from './wait';

const { clusterChanges: changes, clusterWaits: waits } = activities;

/** Makes machines, control planes first. True if all of them are ready. */
export function makeMachines(run: ClusterRun, machines: readonly PlannedMachine[]): Promise<boolean> {
  const isFirst = ({ kind }: PlannedMachine) => kind === 'controlPlane';
  const inTurn = [...machines.filter(isFirst), ...machines.filter((machine) => !isFirst(machine))];
  const { talos } = run.plan;
  if (talos !== undefined) return makeTalosMachines(run, talos, inTurn);
  return inPipelines(run.operation, inTurn, (machine) => makeMachine(run, machine));
}

async function makeTalosMachines(
  run: ClusterRun,
  talos: PlannedTalos,
  machines: readonly PlannedMachine[],
): Promise<boolean> {
  return (await prepareAnew(run, talos)) && (await makeKubernetes(run, talos, machines, { begin, protect }));
}

async function makeMachine(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  return (await begin(run, machine)) && (await becomesReady(run, machine)) && (await protect(run, machine));
}

/** From its clone until it is started. */
async function begin(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  return (
    (await clone(run, machine)) &&
    (await move(run, machine)) &&
    (await identify(run, machine)) &&
    (await configure(run, machine)) &&
    (await grow(run, machine)) &&
    (await start(run, machine))
  );
}

function configure(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const title = `Configure ${machineWords(machine)}`;
  const work = makingWork(run, machine, { name: 'configure', title });
  return callStep(run, work, (options) =>
    changes.configureMachine.executeWithOptions(options, [machineArguments(run, machine)]),
  );
}

async function grow(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  if (machine.grow === undefined) return true;
  const title = `Grow ${machine.grow.disk} of ${machineWords(machine)}`;
  const work = makingWork(run, machine, { name: 'grow', title });
  return taskStep(run, work, (options, before) =>
    changes.growMachine.executeWithOptions(options, [machineArguments(run, machine, before)]),
  );
}

function start(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const work = makingWork(run, machine, { name: 'start', title: `Start ${machineWords(machine)}` });
  return taskStep(run, work, (options, before) =>
    changes.startMachine.executeWithOptions(options, [machineArguments(run, machine, before)]),
  );
}

async function becomesReady(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const words = machineWords(machine);
  const work = makingWork(run, machine, { name: 'ready', title: `Wait until ${words} is ready` });
  const isReady = await waitStep(run, work, {
    lacking: 'it is not ready',
    remedy: `Look at its console: ${words} still runs. retry watches again, skip leaves it as it is.`,
    call: (options) => waits.watchMachine.executeWithOptions(options, [machineArguments(run, machine)]),
  });
  if (isReady) await tellOfMember(run, machine.vmid);
  return isReady;
}

async function protect(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  if (!run.frame.protection) return true;
  const title = `Protect ${machineWords(machine)} against removal`;
  const { vmid } = machine;
  const digest = run.operation.state.results[stepId('ready', vmid)]?.captures['digest'];
  const seen = typeof digest === 'string' ? { digest } : {};
  const work = makingWork(run, machine, { name: 'protect', title });
  return callStep(run, work, (options) =>
    changes.protectMachine.executeWithOptions(options, [{ ...machineArguments(run, machine), ...seen }]),
  );
}
