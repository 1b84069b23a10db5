import { patched } from '@temporalio/workflow';
import type { PlannedRemoval } from '../../domain/cluster/plan';
import type { DeletedMachine, DisksLeft } from '../../domain/cluster/step';
import { problem } from '../../domain/errors';
import { count } from '../../domain/rendering/text';
import { activities } from '../shared/calls';
import { failedFrame, runStepOfFrame, type FrameStep } from '../shared/frameStep';
import type { StepFailure } from '../shared/stepRun';
import { deletedOn } from './deletedOn';
import { machineWords } from './machine';
import type { ClusterRun } from './run';
import { stepId, whenFailed } from './step';

/** Runs from before did not look for disks: they are replayed as they were. */
const looksForDisks = 'look-for-disks';

/** How a deletion says that it left a volume; its task ends well all the same (behaviour: 5.11). */
const keptDisk = /^Could not remove disk /;

/** What the task of a deletion said of disks that it left is kept with its step. */
export function warnOfKeptDisks(step: FrameStep, logTail: readonly string[]): void {
  for (const line of logTail.filter((it) => keptDisk.test(it))) step.warn(line);
}

/**
 * After deletions, the volumes that were to go with them are looked for: a task that ended well proves nothing of its
 * disks. What is left is asked about, and told in the report; the phases after it go on once a person has passed it over.
 * Also where the operation is being ended: then it is only told.
 */
export async function disksAreGone(run: ClusterRun, removals: readonly PlannedRemoval[]): Promise<boolean> {
  const deleted = removals.filter(({ member, volumes }) => volumes.length > 0 && isDeleted(run, member.vmid));
  const [first, ...others] = deleted;
  if (first === undefined || !patched(looksForDisks)) return true;
  const { vmid } = first.member;
  const words = others.length === 0 ? machineWords(first.member) : count(deleted.length, 'machine');
  const work = {
    id: stepId('disks', vmid),
    title: `See that the disks of ${words} are gone`,
    kind: 'read' as const,
  };
  const phase = await runStepOfFrame(run, {
    ...{ ...work, ended: () => false },
    tryOnce: (step) => look(run, step, deleted),
  });
  return phase === 'done' || phase === 'skipped';
}

async function look(
  run: ClusterRun,
  step: FrameStep,
  deleted: readonly PlannedRemoval[],
): Promise<StepFailure | undefined> {
  const { title } = step.record;
  const looked = await step.attempt(title, () =>
    activities.clusterReads.lookForDisks.executeWithOptions({ summary: title.slice(0, 180) }, [
      { deleted: deleted.map((removal) => deletedMachine(deletedOn(run, removal))) },
    ]),
  );
  if (!looked.ok) return failedFrame(run, step, looked.problem, whenFailed);
  const said = deleted.flatMap(({ member }) => saidOf(run, member.vmid));
  const left = stillThere(run, step, deleted, looked.value, said);
  step.keep({ outcome: 'done', captures: { left } });
  if (left.length === 0) return undefined;
  const it = problem('NotAsExpected', {
    attempted: title,
    failed: `the machines are deleted, and ${count(left.length, 'volume')} of theirs still there: ${left.join(', ')}`,
    ...(said.length === 0 ? {} : { logTail: said }),
    remedy:
      'Nothing else was freed. Look at the storage, then free them by hand (pvesm free <volume> on a node that has it). retry looks again; skip leaves them, which the report says.',
  });
  return failedFrame(run, step, it, whenFailed);
}

/**
 * What a deletion said that it left counts as well, until a person has had it looked for again: a token may not be shown
 * volumes of a machine that is in no pool any more.
 */
function stillThere(
  { operation }: ClusterRun,
  step: FrameStep,
  deleted: readonly PlannedRemoval[],
  { left, notLooked }: DisksLeft,
  said: readonly string[],
): readonly string[] {
  const { id, warnings } = step.record;
  for (const text of notLooked.map((it) => `${it}: whether disks are left there is not known.`)) {
    if (!warnings.includes(text)) step.warn(text);
  }
  if (operation.state.decisions.some(({ stepId: asked }) => asked === id)) return left;
  const isSaid = (volume: string) => said.some((line) => line.includes(`'${volume}'`));
  return [...new Set([...left, ...deleted.flatMap(({ volumes }) => volumes.filter(isSaid))])].sort();
}

function saidOf({ operation }: ClusterRun, vmid: number): readonly string[] {
  const { warnings = [] } = operation.state.steps.find(({ id }) => id === stepId('delete', vmid)) ?? {};
  return warnings.filter((line) => keptDisk.test(line));
}

function isDeleted({ operation }: ClusterRun, vmid: number): boolean {
  return operation.state.steps.some(({ id, phase }) => id === stepId('delete', vmid) && phase === 'done');
}

function deletedMachine({ member: { vmid, node }, volumes }: PlannedRemoval): DeletedMachine {
  return { vmid, node, volumes };
}
