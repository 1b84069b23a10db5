import type { PlannedRemoval } from '../../domain/cluster/plan';
import type { SetAside } from '../../domain/cluster/step';
import { problem, problemText, type Problem } from '../../domain/errors';
import type { Destruction, TaskBegun, TasksBefore } from '../../domain/template/step';
import { askOnce, askPatiently } from '../runbook/once';
import { activities } from '../shared/calls';
import type { Attempt } from '../shared/credentials';
import { failedFrame, oneTask, type BeforeCall, type FrameStep } from '../shared/frameStep';
import type { StepFailure } from '../shared/stepRun';
import { deletedOn, deleteStep } from './deletedOn';
import { disksAreGone, warnOfKeptDisks } from './disks';
import { machineWords } from './machine';
import { mayHaveBegun } from './mayHaveBegun';
import { inPipelines } from './pipelines';
import type { ClusterRun } from './run';
import { callStep, machineStep, stepId, stepToLookAfter, whenFailed } from './step';
import { bringDown, removalArguments } from './stop';
import { forgetAgain, leaveKubernetes } from './talos/leave';
import { tellOfMember } from './tell';

const { clusterReads: reads, clusterChanges: changes, clusterOnce: once } = activities;

/**
 * Shuts machines down and gives them the name under which they wait for their deletion. True if all of them do, or are not
 * there any more.
 */
export function setAsideMembers(run: ClusterRun, removals: readonly PlannedRemoval[]): Promise<boolean> {
  return eachRemoval(run, removals, async (removal) => {
    const { vmid } = removal.member;
    const title = `Set ${machineWords(removal.member)} aside as ${removal.asideName}`;
    return (
      (await bringDown(run, removal)) &&
      (await callStep(
        run,
        { name: 'aside', vmid, title },
        (options) => changes.setMemberAside.executeWithOptions(options, [removalArguments(run, removal)]),
        { keep: keepIfAbsent },
      ))
    );
  });
}

/** Nothing had to be set aside: whoever removed it. Workers of before told nothing. */
function keepIfAbsent(step: FrameStep, aside: SetAside | undefined): void {
  if (aside?.isAbsent !== true) return;
  step.keep({ outcome: 'done', reason: 'it was not there', captures: { wasThere: false } });
}

/**
 * Shuts machines down and deletes them, each only if it is exactly the one of the plan; then their disks are looked for.
 * True if all are gone.
 */
export async function deleteMembers(run: ClusterRun, removals: readonly PlannedRemoval[]): Promise<boolean> {
  const isWhole = await eachRemoval(run, removals, async (removal) => {
    const { vmid, node } = removal.member;
    const title = `Delete ${machineWords(removal.member)} on ${node}`;
    // What goes with its whole cluster leaves nobody behind.
    const talos = run.plan.talos?.anew === true ? undefined : run.plan.talos;
    const isDown =
      (talos === undefined || (await leaveKubernetes(run, talos, removal))) &&
      (await bringDown(run, removal));
    if (!isDown) return false;
    const isGone = await machineStep(run, { name: deleteStep, vmid, title }, 'destroy', async (step) => {
      const call = (before: BeforeCall) => deleteOnce(run, step, removal, before);
      const onEnd = (logTail: readonly string[]) => warnOfKeptDisks(step, logTail);
      const failure = await oneTask(run, step, call, whenFailed, onEnd);
      const left =
        failure?.problem.code === 'Interrupted'
          ? await stoppedMidway(run, step, removal, failure)
          : (failure ?? (await stillThere(run, step, removal)));
      if (left === undefined && talos !== undefined) await forgetAgain(run, talos, step, removal);
      return left;
    });
    if (!isGone) await giveProtectionBack(run, removal);
    return isGone;
  });
  return (await disksAreGone(run, removals)) && isWhole;
}

/** A machine that stays after all: its deletion may have taken the protection off before it came to nothing. */
async function giveProtectionBack(run: ClusterRun, removal: PlannedRemoval): Promise<void> {
  const { member, protection } = removal;
  const step = stepToLookAfter(run.operation, stepId(deleteStep, member.vmid));
  if (step === undefined || protection !== true) return;
  const title = `Protect ${machineWords(member)} against removal again`;
  const done = await step.attempt(title, () =>
    changes.protectMember.executeWithOptions({ summary: title.slice(0, 180) }, [
      removalArguments(run, removal),
    ]),
  );
  // Gone, or another machine: nothing of it was touched, or nothing is left of it.
  if (done.ok || ['GuestNotFound', 'PlanDrifted'].includes(done.problem.code)) return;
  step.warn(`It may not be protected any more: ${problemText(done.problem)}`);
}

/** The entity is told of each as soon as it is through. */
export function eachRemoval(
  run: ClusterRun,
  removals: readonly PlannedRemoval[],
  pipeline: (removal: PlannedRemoval) => Promise<boolean>,
): Promise<boolean> {
  const items = removals.map((removal) => ({ vmid: removal.member.vmid, removal }));
  return inPipelines(run.operation, items, async ({ vmid, removal }) => {
    const isThrough = await pipeline(removal);
    if (isThrough) await tellOfMember(run, vmid);
    return isThrough;
  });
}

/**
 * Sent once; where its answer was lost, or a person has cut it off with `abort`, it is looked for, and only a person has
 * it sent again.
 */
async function deleteOnce(
  run: ClusterRun,
  step: FrameStep,
  removal: PlannedRemoval,
  before: BeforeCall,
): Promise<Attempt<TaskBegun>> {
  const { title } = step.record;
  const args = () => removalArguments(run, removal, before());
  const asking = { step, round: { title } };
  const begun = await askOnce(asking, () =>
    once.deleteMember.executeWithOptions({ summary: title }, [args()]),
  );
  if (begun.ok || !mayHaveBegun(run, begun.problem)) return begun;
  const found = await askPatiently(asking, () =>
    reads.lookForRemoval.executeWithOptions({ summary: `look what became of it: ${title}`.slice(0, 180) }, [
      args(),
    ]),
  );
  if (!found.ok) return { ok: false, problem: unseen(title, found.problem) };
  return isFound(found.value) ? { ok: true, value: found.value } : { ok: false, problem: lost(title) };
}

/** A task that ended well proves nothing: it is looked for on every node. */
async function stillThere(
  run: ClusterRun,
  step: FrameStep,
  removal: PlannedRemoval,
): Promise<StepFailure | undefined> {
  const { title, upid } = step.record;
  if (upid === undefined) return undefined;
  const looked = await step.attempt(title, () =>
    reads.lookForRemoval.executeWithOptions({ summary: `see that it is gone: ${title}`.slice(0, 180) }, [
      removalArguments(run, deletedOn(run, removal), judgedTasks(run, step, upid)),
    ]),
  );
  if (!looked.ok) return failedFrame(run, step, looked.problem, whenFailed);
  if (looked.value.kind === 'done') return undefined;
  const failed = 'its task ended well, and the machine is still there';
  return failedFrame(run, step, problem('NotAsExpected', { attempted: title, failed }), whenFailed);
}

/** A person has its task stopped, which may come too late: gone is gone, and what is still there may lack its disks. */
async function stoppedMidway(
  run: ClusterRun,
  step: FrameStep,
  removal: PlannedRemoval,
  failure: StepFailure,
): Promise<StepFailure | undefined> {
  const { title, upid, abortAsked } = step.record;
  if (upid === undefined || abortAsked !== true) return failure;
  const looked = await step.attempt(title, () =>
    reads.lookForRemoval.executeWithOptions({ summary: `look what is left: ${title}`.slice(0, 180) }, [
      removalArguments(run, deletedOn(run, removal), judgedTasks(run, step, upid)),
    ]),
  );
  if (!looked.ok) return failedFrame(run, step, unseen(title, looked.problem), whenFailed);
  if (looked.value.kind === 'done') return undefined;
  const failed =
    'its task was asked to stop on its way: the machine is still there, and may lack some of its disks';
  return failedFrame(run, step, problem('OutcomeUnknown', { attempted: title, failed }), whenFailed);
}

/** None of them is what is looked for: the VMID may have been that of another machine, which was deleted before. */
function judgedTasks({ rules }: ClusterRun, { record }: FrameStep, upid: string): TasksBefore {
  return { settledTasks: [...new Set([...rules.otherTasks(record), ...record.settledTasks, upid])] };
}

function isFound(it: Destruction): it is TaskBegun {
  return it.kind !== 'nothing';
}

function lost(title: string) {
  return problem('OutcomeUnknown', {
    attempted: title,
    failed: 'its answer was lost; no task of it is to be seen, and the machine is still there',
  });
}

/** Nobody could look: that it is still there would be a guess. */
function unseen(title: string, it: Problem): Problem {
  const failed = `what became of it could not be seen: ${problemText(it)}`;
  return problem('OutcomeUnknown', { attempted: title, failed });
}
