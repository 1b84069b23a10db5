import type { PlannedMachine } from '../../domain/cluster/plan';
import type { StepFailure } from '../shared/stepRun';
import { plannedMachines, type ClusterRun } from './run';
import { whenFailed, type MachineWork } from './step';
import { talosAfter } from './talos/record';

const orReplaced: StepFailure['choices'] = ['retry', 'replace', 'skip', 'abort'];

/** A step on a machine that is being made: where it fails another one can be wanted in its place. */
export function makingWork(
  run: ClusterRun,
  machine: PlannedMachine,
  { name, title }: Pick<MachineWork, 'name' | 'title'>,
): MachineWork {
  const choices = mayBeReplaced(run, machine) ? orReplaced : whenFailed;
  return { name, title, vmid: machine.vmid, choices };
}

/**
 * No plan replaces the machine that etcd is to be bootstrapped on before it was, nor the only control plane. Of all others
 * the plan decides that is made then.
 */
function mayBeReplaced({ plan, operation, change }: ClusterRun, { vmid, kind }: PlannedMachine): boolean {
  const { talos } = plan;
  if (talos === undefined || kind !== 'controlPlane') return true;
  const isBootstrapped = talosAfter(plan, operation.state, change.record?.talos)?.bootstrapped === true;
  if (talos.bootstrapOn === vmid && !isBootstrapped) return false;
  return (
    plan.keeps.some(({ role }) => role === talos.controlPlaneRole) ||
    plannedMachines(plan).some((other) => other.kind === 'controlPlane' && other.vmid !== vmid)
  );
}
