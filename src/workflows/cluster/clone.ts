import type { PlannedMachine } from '../../domain/cluster/plan';
import type { Problem } from '../../domain/errors';
import { activities } from '../shared/calls';
import { callOf, oneTask, type BeginTask } from '../shared/frameStep';
import { lookForLeftovers } from './leftovers';
import { machineArguments, machineWords } from './machine';
import { makingWork } from './making';
import type { ClusterRun } from './run';
import { callStep, machineStep, stepId, stepToLookAfter, taskStep, whenFailed } from './step';
import { againWhereLocked } from './storageLock';
import { tellOfMember } from './tell';

const { clusterReads: reads, clusterChanges: changes } = activities;

/**
 * It counts as a member from the moment its clone is asked for: whoever comes after a lost operation knows of
 * it. What was begun before is only looked at.
 */
export async function clone(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const { vmid, name, source } = machine;
  const isBegun = machine.begun !== undefined;
  const title = isBegun
    ? `Go on with ${machineWords(machine)}`
    : `Clone VM ${source.vmid} as VM ${vmid} (${name})`;
  const work = makingWork(run, machine, { name: 'clone', title });
  const begin: BeginTask = async (options, before) => {
    await tellOfMember(run, vmid);
    return changes.cloneMachine.executeWithOptions(options, [machineArguments(run, machine, before)]);
  };
  const isCloned = await machineStep(run, work, 'change', (step) =>
    againWhereLocked(step, () => oneTask(run, step, callOf(step, begin), work.choices ?? whenFailed)),
  );
  if (!isCloned) await lookWhetherMade(run, machine);
  return isCloned;
}

/** A full clone for a node that the template's storage is not seen from. What its move leaves behind is told. */
export async function move(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  if (machine.way !== 'fullThenMoved') return true;
  const title = `Move ${machineWords(machine)} to ${machine.node}`;
  const work = makingWork(run, machine, { name: 'move', title });
  const isMoved = await taskStep(run, work, (options, before) =>
    changes.moveMachine.executeWithOptions(options, [machineArguments(run, machine, before)]),
  );
  await lookForLeftovers(run, machine);
  return isMoved;
}

/** From here on its SMBIOS uuid is who it is. */
export async function identify(run: ClusterRun, machine: PlannedMachine): Promise<boolean> {
  const { vmid } = machine;
  const title = `Read the identity of ${machineWords(machine)}`;
  const work = makingWork(run, machine, { name: 'identify', title });
  const isKnown = await callStep(
    run,
    work,
    (options) => reads.readMember.executeWithOptions(options, [machineArguments(run, machine)]),
    {
      kind: 'read',
      keep: (step, { uuid, node }) => step.keep({ outcome: 'done', captures: { uuid, node } }),
    },
  );
  if (isKnown) await tellOfMember(run, vmid);
  return isKnown;
}

/**
 * After a clone that came to nothing: whether anything is there all the same, for the record and the report. One whose
 * answer was lost may come later still: it stays a member, so that the next plan finds it, or drops it.
 */
async function lookWhetherMade(run: ClusterRun, machine: PlannedMachine): Promise<void> {
  const step = stepToLookAfter(run.operation, stepId('clone', machine.vmid));
  if (step === undefined) return;
  const title = `Look whether there is a ${machineWords(machine)}`;
  const looked = await step.attempt(title, () =>
    reads.readMember.executeWithOptions({ summary: title }, [
      { ...machineArguments(run, machine), clonePassedOver: true },
    ]),
  );
  const isThere = looked.ok || (isNowhere(step.record.problem, looked.problem) ? false : null);
  step.keep({ outcome: 'done', captures: { isThere } });
  await tellOfMember(run, machine.vmid);
}

/** With PlanDrifted another machine has its VMID: it can't come any more. */
function isNowhere(failed: Problem | undefined, { code }: Problem): boolean {
  if (code === 'PlanDrifted') return true;
  return failed?.code !== 'OutcomeUnknown' && (code === 'GuestNotFound' || code === 'NotFound');
}
