import type { ClusterFrame, PlannedMachine } from '../../domain/cluster/plan';
import type { MachineStepArguments } from '../../domain/cluster/step';
import type { TasksBefore } from '../../domain/template/step';
import { uuidOf } from './members';
import type { ClusterRun } from './run';

/** What a step on a machine that is made is called with. */
export function machineArguments(
  { operation, frame }: ClusterRun,
  machine: PlannedMachine,
  before: TasksBefore = { settledTasks: [] },
): MachineStepArguments {
  const { holder, state } = operation;
  const uuid = uuidOf(state, machine.vmid) ?? machine.begun?.uuid;
  return {
    holder,
    frame: frameFor(frame, machine),
    machine,
    ...(uuid === undefined ? {} : { uuid }),
    ...before,
  };
}

/** The plan as the steps of one machine need it: what is reserved for two hundred others would fill the history. */
export function frameFor(
  frame: ClusterFrame,
  { name, vmid }: { readonly name: string; readonly vmid: number },
): ClusterFrame {
  return {
    ...frame,
    reservations: frame.reservations.filter((it) => it.vmid === vmid),
    storageReservations: frame.storageReservations.filter(({ purpose }) => purpose.split('/')[1] === name),
  };
}

/** Which machine it is, e.g. `VM 120 (lab-worker-1)`. */
export function machineWords({ vmid, name }: { readonly vmid: number; readonly name: string }): string {
  return `VM ${vmid} (${name})`;
}
