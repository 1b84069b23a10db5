import type { PlannedMachine, PlannedTalos } from '../../../domain/cluster/plan';
import { inPipelines } from '../pipelines';
import type { ClusterRun } from '../run';
import { stepId } from '../step';
import { bootstrapIfChosen } from './bootstrap';
import { configureTalos } from './configure';
import { unlistFormerOf } from './formerMembers';
import { becomesHealthy, becomesNode, fetchKubeconfig, fillByFlux } from './join';
import { castOf, membersNow } from './machines';
import { talosAfter } from './record';

/** What is done to a machine of any type. */
export interface MachineWays {
  readonly begin: (run: ClusterRun, machine: PlannedMachine) => Promise<boolean>;
  readonly protect: (run: ClusterRun, machine: PlannedMachine) => Promise<boolean>;
}

/**
 * Makes machines and a Kubernetes cluster of them, or nodes of the one that there is. Each goes its way alone until it has
 * its configuration, and etcd is bootstrapped as soon as the one machine for that is so far. Then those that came through
 * become nodes; a machine that did not is left out of that. True if all are ready.
 */
export async function makeKubernetes(
  run: ClusterRun,
  talos: PlannedTalos,
  machines: readonly PlannedMachine[],
  { begin, protect }: MachineWays,
): Promise<boolean> {
  const isConfigured = await inPipelines(
    run.operation,
    machines,
    async (machine) =>
      (await unlistFormerOf(run, talos, machine)) &&
      (await begin(run, machine)) &&
      (await configureTalos(run, talos, machine)) &&
      (await bootstrapIfChosen(run, talos, machine)),
  );
  if (!isBootstrapped(run)) return false;
  const through = machines.filter(({ vmid }) => isDone(run, stepId('configured', vmid)));
  const cast = castOf(memberOf(run, machines, through), talos);
  if (!(await fetchKubeconfig(run, cast))) return false;
  const areNodes = await inPipelines(
    run.operation,
    through,
    async (machine) => (await becomesNode(run, machine)) && (await protect(run, machine)),
  );
  const isHealthy = await becomesHealthy(run, healthStep(run, machines), cast);
  const isFilled = await fillByFlux(run, talos);
  return isConfigured && areNodes && isHealthy && isFilled;
}

/** Whoever was there before, and of those that are made now these. */
function memberOf(
  run: ClusterRun,
  machines: readonly PlannedMachine[],
  through: readonly PlannedMachine[],
): ReturnType<typeof membersNow> {
  const isLeftOut = (vmid: number) =>
    machines.some((it) => it.vmid === vmid) && !through.some((it) => it.vmid === vmid);
  return membersNow(run).filter(({ vmid, state }) => state !== 'aside' && !isLeftOut(vmid));
}

/** Each phase that makes machines has its own. */
function healthStep({ plan }: ClusterRun, [first]: readonly PlannedMachine[]): string {
  const makes = plan.phases.flatMap((phase) => (phase.kind === 'make' ? [phase] : []));
  const at = makes.findIndex((phase) => phase.machines.some((it) => it.vmid === first?.vmid));
  return at <= 0 ? 'health' : `health-${at + 1}`;
}

function isBootstrapped({ operation: { state }, plan, change }: ClusterRun): boolean {
  return talosAfter(plan, state, change.record?.talos)?.bootstrapped === true;
}

function isDone({ operation: { state } }: ClusterRun, id: string): boolean {
  return state.steps.some((step) => step.id === id && step.phase === 'done');
}
