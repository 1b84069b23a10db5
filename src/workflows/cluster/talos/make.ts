import type { PlannedMachine, PlannedTalos } from '../../../domain/cluster/plan';
import { sideBySide } from '../../shared/sideBySide';
import { inPipelines } from '../pipelines';
import type { ClusterRun } from '../run';
import { stepId } from '../step';
import { bootstrapIfChosen } from './bootstrap';
import { configureTalos } from './configure';
import { fillOnceItCan } from './fill';
import { unlistFormerOf } from './formerMembers';
import { openGate } from './gate';
import { becomesHealthy, becomesNode, kubeconfigStep } from './join';
import { castOf, isStepDone, membersNow } from './machines';

/** What is done to a machine of any type. */
export interface MachineWays {
  readonly begin: (run: ClusterRun, machine: PlannedMachine) => Promise<boolean>;
  readonly protect: (run: ClusterRun, machine: PlannedMachine) => Promise<boolean>;
}

/**
 * Makes machines and a Kubernetes cluster of them, or nodes of the one that there is. Each goes its own way to its end; all
 * they wait for is the one that etcd is bootstrapped on. Flux is put in beside them as soon as enough of them are nodes. So
 * a question about one machine holds up that machine, and Talos' look at the cluster as a whole, which comes last. True if
 * all are ready.
 */
export async function makeKubernetes(
  run: ClusterRun,
  talos: PlannedTalos,
  machines: readonly PlannedMachine[],
  ways: MachineWays,
): Promise<boolean> {
  const joining = { isOver: false };
  const joined = joinAll(run, talos, machines, ways).finally(() => (joining.isOver = true));
  const filled = fillOnceItCan(run, talos, machines, () => joining.isOver);
  const [areReady, isFilled] = await sideBySide(joined, filled);
  return areReady && isFilled;
}

async function joinAll(
  run: ClusterRun,
  talos: PlannedTalos,
  machines: readonly PlannedMachine[],
  { begin, protect }: MachineWays,
): Promise<boolean> {
  const gate = openGate(run, talos, machines);
  const comesUp = async (machine: PlannedMachine) => {
    try {
      return (
        (await unlistFormerOf(run, talos, machine)) &&
        (await begin(run, machine)) &&
        (await configureTalos(run, talos, machine)) &&
        (await bootstrapIfChosen(run, talos, machine))
      );
    } finally {
      gate.arrived(machine);
    }
  };
  const areNodes = await inPipelines(
    run.operation,
    machines,
    async (machine) =>
      (await comesUp(machine)) &&
      (await gate.pass(machine)) &&
      (await becomesNode(run, machine)) &&
      (await protect(run, machine)),
    gate.holds,
  );
  if (!isStepDone(run, kubeconfigStep)) return false;
  const cast = castOf(nodesNow(run), talos);
  const isHealthy = await becomesHealthy(run, healthStep(run, machines), cast);
  return areNodes && isHealthy;
}

/** Whoever has become a node, before or now: what an operation has left half made would be missed for ever. */
function nodesNow(run: ClusterRun): ReturnType<typeof membersNow> {
  return membersNow(run).filter(
    ({ vmid, state }) => state === 'ready' || (state === 'made' && isStepDone(run, stepId('ready', vmid))),
  );
}

/** Each phase that makes machines has its own. */
function healthStep({ plan }: ClusterRun, [first]: readonly PlannedMachine[]): string {
  const makes = plan.phases.flatMap((phase) => (phase.kind === 'make' ? [phase] : []));
  const at = makes.findIndex((phase) => phase.machines.some((it) => it.vmid === first?.vmid));
  return at <= 0 ? 'health' : `health-${at + 1}`;
}
