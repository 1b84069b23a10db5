import { condition } from '@temporalio/workflow';
import type { PlannedMachine, PlannedTalos } from '../../../domain/cluster/plan';
import type { FluxSettings } from '../../../domain/cluster/profile';
import { Carried, carryWanted } from '../../shared/carry';
import { isUnderWay } from '../../shared/state';
import { activities } from '../../shared/calls';
import type { ClusterRun } from '../run';
import { callStep, stepId } from '../step';
import { waitStep, type Waiting } from '../wait';
import { fetchKubeconfig } from './join';
import { castOf, configuredNow, isStepDone, talosFiles } from './machines';
import { fluxStep, synchronizedStep } from './record';

const { talosChanges: changes, talosWaits: waits } = activities;

/**
 * Puts Flux in as soon as it can work: while machines are still made (`isOver` says when that is over), it needs a majority
 * of the control planes and, where there are workers, one of them. True without Flux; false where it never got that far.
 */
export async function fillOnceItCan(
  run: ClusterRun,
  talos: PlannedTalos,
  machines: readonly PlannedMachine[],
  isOver: () => boolean,
): Promise<boolean> {
  const { flux } = talos;
  if (flux === undefined) return true;
  const { state, definition } = run.operation;
  const isBegun = () => state.steps.some((step) => fluxSteps.has(step.id) && isUnderWay(step));
  const mayBegin = () => isBegun() || hasEnoughNodes(run, talos, machines);
  const carry = () => carryWanted(definition.historyEventLimit);
  await condition(() => mayBegin() || isOver() || carry());
  if (mayBegin()) return fillByFlux(run, flux);
  if (isOver()) return false;
  throw new Carried();
}

const fluxSteps: ReadonlySet<string> = new Set([fluxStep, synchronizedStep]);

/** Flux's own pods run on workers, where there are any; before etcd has its majority of members it is not left to itself. */
function hasEnoughNodes(
  run: ClusterRun,
  { controlPlaneRole }: PlannedTalos,
  machines: readonly PlannedMachine[],
): boolean {
  const all = [
    ...run.plan.keeps.map(({ role, state }) => ({ role, isNode: state === 'ready' })),
    ...machines.map(({ role, vmid }) => ({ role, isNode: isStepDone(run, stepId('ready', vmid)) })),
  ];
  const controlPlanes = all.filter(({ role }) => role === controlPlaneRole);
  const workers = all.filter(({ role }) => role !== controlPlaneRole);
  const isNode = (it: (typeof all)[number]) => it.isNode;
  return (
    controlPlanes.filter(isNode).length > controlPlanes.length / 2 &&
    (workers.length === 0 || workers.some(isNode))
  );
}

/** Puts Flux into a cluster whose machines are all there. True if it has synchronized, or is not planned. */
export async function fillWhatIsThere(run: ClusterRun, talos: PlannedTalos): Promise<boolean> {
  if (talos.flux === undefined) return true;
  const cast = castOf(configuredNow(run), talos);
  return (await fetchKubeconfig(run, cast)) && (await fillByFlux(run, talos.flux));
}

/** Puts Flux in and waits until it has synchronized. True if it has. */
async function fillByFlux(run: ClusterRun, flux: FluxSettings): Promise<boolean> {
  const input = () => ({ files: talosFiles(run), flux, withinMs: run.frame.readyWithinMs });
  const { url, branch, path } = flux;
  const work = { name: fluxStep, title: `Put Flux in, from ${path} on ${branch} of ${url}` };
  const isIn = await callStep(
    run,
    work,
    (options) => changes.bootstrapFlux.executeWithOptions(options, [input()]),
    {
      keep: (step, { outcome, said }) =>
        step.keep({
          ...{ outcome: 'done', captures: { outcome } },
          ...(said === undefined ? {} : { output: said }),
        }),
    },
  );
  if (!isIn) return false;
  return waitStep(
    run,
    { name: synchronizedStep, title: 'Wait until Flux has synchronized the cluster' },
    {
      lacking: 'it has not synchronized',
      said: saidByFlux(run),
      remedy:
        'Look at what its Kustomization says; what it reads is in Git. retry waits again, skip ends here.',
      call: (options) => waits.awaitFlux.executeWithOptions(options, [input()]),
    },
  );
}

/** What flux has seen itself of what it has put in, where it has not seen all of it become ready. */
function saidByFlux({ operation: { state } }: ClusterRun): NonNullable<Waiting['said']> {
  const said = state.results[fluxStep]?.output;
  return said === undefined ? {} : { proxmoxSaid: said, saidBy: 'flux' };
}
