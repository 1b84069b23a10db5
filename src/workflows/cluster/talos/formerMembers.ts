import { patched } from '@temporalio/workflow';
import type { FormerMembersQuestion } from '../../../activities/talos/contract';
import type { PlannedMachine, PlannedTalos } from '../../../domain/cluster/plan';
import { problem } from '../../../domain/errors';
import type { RunValue, RunValues } from '../../../domain/runbook/values';
import type { FileReference } from '../../../domain/talos/machine';
import { activities } from '../../shared/calls';
import type { Attempt } from '../../shared/credentials';
import { failedFrame, type FrameStep } from '../../shared/frameStep';
import type { StepFailure } from '../../shared/stepRun';
import { machineWords } from '../machine';
import { goneStep } from '../members';
import type { ClusterRun } from '../run';
import { frameStepOf, machineStep, whenFailed } from '../step';
import { identityOf, stayingControlPlanes, type Leaving } from './leaving';
import { talosFiles, talosMachine } from './machines';

const { talosReads: reads, talosChanges: changes } = activities;

const unlistStep = 'unlist';

/**
 * Runs from before removed members without saving etcd: what they have done is replayed as it was. Given up are runs of the
 * development state in between (e42bd67 to d0d0db1, never released), which saved it without this mark, and on a retry once
 * more: one that is under way between these steps can't go on by this code.
 */
const savesFirst = 'save-before-unlist';

/**
 * Removes from etcd what machines of this control plane's name have left behind: those that were there before it, and
 * itself where it is off. True if nothing of it is left.
 */
export function unlistFormer(run: ClusterRun, leaving: Leaving): Promise<boolean> {
  const { vmid } = leaving.member;
  const title = `Remove from etcd what is left of ${machineWords(leaving.member)} and of machines of its name`;
  return machineStep(run, { name: unlistStep, vmid, title }, 'change', (step) =>
    unlistLeaving(run, step, leaving),
  );
}

/** The same, in a step that has found the machine off. */
export function unlistLeaving(
  run: ClusterRun,
  step: FrameStep,
  leaving: Leaving,
): Promise<StepFailure | undefined> {
  const { machine, others } = leaving;
  const identity = identityOf(run, leaving);
  const { name } = leaving.member;
  const question = { files: talosFiles(run), others, machine, name, identity };
  // What etcd holds was saved before this machine goes.
  return unlist(run, step, question, { isSaved: true });
}

/**
 * Before a control plane is made: one of its name that is gone may still be a member of etcd, and the new one could not
 * join then. True if nothing of it is left; also where there is no etcd yet.
 */
export async function unlistFormerOf(
  run: ClusterRun,
  talos: PlannedTalos,
  machine: PlannedMachine,
): Promise<boolean> {
  if (machine.kind !== 'controlPlane' || machine.begun !== undefined || talos.bootstrapOn !== undefined)
    return true;
  const others = stayingControlPlanes(run, talos, machine.vmid);
  const title = `Remove from etcd what is left of machines that were called ${machine.name}`;
  return machineStep(run, { name: unlistStep, vmid: machine.vmid, title }, 'change', (step) =>
    unlist(run, step, { files: talosFiles(run), others, name: machine.name }),
  );
}

/**
 * Removes from etcd what is left of control planes that are gone and are not made again: as long as it is listed it counts
 * against the quorum. What a person has passed over holds nothing else up. True if what comes next may begin.
 */
export async function unlistGone(run: ClusterRun, talos: PlannedTalos): Promise<boolean> {
  for (const member of talos.gone ?? []) {
    const { name, vmid } = member;
    const machine = talosMachine(member);
    const question = {
      ...{ files: talosFiles(run), others: stayingControlPlanes(run, talos, vmid), name },
      ...(machine === undefined ? {} : { machine }),
    };
    const title = `Remove from etcd what is left of ${name}, which is gone`;
    const id = goneStep(member);
    const isDone = await frameStepOf(run, { name: id, title }, 'change', (step) =>
      unlist(run, step, question),
    );
    if (!isDone && !isPassedOver(run, id)) return false;
  }
  return true;
}

function isPassedOver({ operation: { state } }: ClusterRun, stepId: string): boolean {
  return state.steps.some(({ id, phase }) => id === stepId && phase === 'skipped');
}

/**
 * The ids are kept before they are removed; one that is not listed any more needs not be. Nothing is removed before what
 * etcd holds is saved, once: a try after one that has removed something would save what came after that.
 */
async function unlist(
  run: ClusterRun,
  step: FrameStep,
  question: FormerMembersQuestion,
  { isSaved } = { isSaved: false },
): Promise<StepFailure | undefined> {
  const { title, id: stepId } = step.record;
  const found = await step.attempt(title, () =>
    reads.lookForFormerMembers.executeWithOptions({ summary: 'look for dead members of etcd' }, [question]),
  );
  if (!found.ok) return failedFrame(run, step, found.problem, whenFailed);
  const before: RunValues = step.operation.state.results[stepId]?.captures ?? {};
  const former = [...new Set([...listOf(before['former']), ...found.value])];
  const keep = (saved: RunValue | undefined) =>
    step.keep({ outcome: 'done', captures: { former, ...(saved === undefined ? {} : { saved }) } });
  keep(before['saved']);
  const isKept = isSaved || before['saved'] !== undefined;
  if (!isKept && found.value.length > 0 && patched(savesFirst)) {
    const saved = await saveEtcd(run, step, question);
    if (!saved.ok) return failedFrame(run, step, saved.problem, whenFailed);
    keep({ ...saved.value });
  }
  const { files, others } = question;
  for (const id of found.value) {
    const removed = await step.attempt(title, () =>
      changes.removeEtcdMember.executeWithOptions({ summary: `remove the member ${id} from etcd` }, [
        { files, others, id },
      ]),
    );
    if (!removed.ok) return failedFrame(run, step, removed.problem, whenFailed);
  }
  return undefined;
}

/** At the first of the control planes that stay; where none does nobody lists members either. */
async function saveEtcd(
  { plan, operation }: ClusterRun,
  step: FrameStep,
  { files, others: [on, ...orOn], name: whose }: FormerMembersQuestion,
): Promise<Attempt<FileReference>> {
  const attempted = `save what etcd holds before what is left of ${whose} is removed`;
  if (on === undefined) {
    return { ok: false, problem: problem('NotAsExpected', { attempted, failed: 'no control plane stays' }) };
  }
  const name = `${plan.action}-${whose}-former-${operation.holder.firstExecutionRunId}`;
  return step.attempt(attempted, () =>
    changes.snapshotEtcd.executeWithOptions({ summary: attempted.slice(0, 180) }, [
      { files, on, orOn, name },
    ]),
  );
}

function listOf(value: RunValue | undefined): readonly RunValue[] {
  return isList(value) ? value : [];
}

function isList(value: RunValue | undefined): value is readonly RunValue[] {
  return Array.isArray(value);
}
