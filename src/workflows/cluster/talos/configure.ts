import type { PlannedMachine, PlannedTalos } from '../../../domain/cluster/plan';
import type { TalosGoal } from '../../../activities/talos/contract';
import { activities } from '../../shared/calls';
import { machineArguments, machineWords } from '../machine';
import { makingWork } from '../making';
import type { ClusterRun } from '../run';
import { callStep } from '../step';
import { tellOfMember } from '../tell';
import { waitStep, type Waiting } from '../wait';
import { talosFiles, talosMachineOf, talosPlanOf } from './machines';

const { clusterWaits, talosChanges: changes, talosWaits: waits } = activities;

/** From its start until a machine has its configuration and is past its installation. True if it is. */
export async function configureTalos(
  run: ClusterRun,
  talos: PlannedTalos,
  machine: PlannedMachine,
): Promise<boolean> {
  return (
    (await findAddress(run, machine)) &&
    (await awaitGoal(run, machine, 'maintenance', 'waits for its configuration')) &&
    (await applyConfiguration(run, talos, machine)) &&
    (await awaitGoal(run, machine, 'configured', 'has installed Talos'))
  );
}

async function findAddress(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const words = machineWords(machine);
  const title = `Wait until ${words} runs and has an address`;
  const work = makingWork(run, machine, { name: 'address', title });
  const isKnown = await waitStep(run, work, {
    lacking: 'its address is not known',
    remedy: lookAtConsole(words),
    call: (options) =>
      clusterWaits.watchMachine.executeWithOptions(options, [machineArguments(run, machine)]),
  });
  if (isKnown) await tellOfMember(run, machine.vmid);
  return isKnown;
}

/** Talos itself is asked: by its certificates, or as a machine that has none. */
function awaitGoal(
  run: ClusterRun,
  machine: PlannedMachine,
  goal: TalosGoal,
  words: string,
): Promise<boolean> {
  const title = `Wait until ${machineWords(machine)} ${words}`;
  return waitStep(run, makingWork(run, machine, { name: goal, title }), waitingFor(run, machine, goal));
}

function waitingFor(run: ClusterRun, machine: PlannedMachine, goal: TalosGoal): Waiting {
  const withinMs = run.frame.readyWithinMs;
  return {
    lacking: 'it is not that far',
    remedy: lookAtConsole(machineWords(machine)),
    call: (options) =>
      waits.awaitTalosMachine.executeWithOptions(options, [
        { files: talosFiles(run), machine: talosMachineOf(run, machine), goal, withinMs },
      ]),
  };
}

function applyConfiguration(
  run: ClusterRun,
  { cluster, patchFiles }: PlannedTalos,
  machine: PlannedMachine,
): Promise<boolean> {
  const approved = patchFiles === undefined ? {} : { patchFiles };
  const title = `Give ${machineWords(machine)} its configuration`;
  return callStep(run, makingWork(run, machine, { name: 'apply', title }), (options) =>
    changes.applyTalosConfig.executeWithOptions(options, [
      { files: talosFiles(run), cluster, machine: talosPlanOf(run, machine), ...approved },
    ]),
  );
}

/** What helps where a machine does not get somewhere by itself. */
export function lookAtConsole(words: string): string {
  return `Look at its console: ${words} still runs. retry watches again, skip leaves it as it is.`;
}
