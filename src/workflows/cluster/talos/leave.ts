import { patched } from '@temporalio/workflow';
import type { KubernetesQuestion } from '../../../activities/talos/contract';
import type { ClusterMember } from '../../../domain/cluster/member';
import type { PlannedRemoval, PlannedTalos } from '../../../domain/cluster/plan';
import { problem, problemText } from '../../../domain/errors';
import { activities } from '../../shared/calls';
import { failedFrame, type FrameStep } from '../../shared/frameStep';
import { stepRun } from '../../shared/stepRun';
import { machineWords } from '../machine';
import type { ClusterRun } from '../run';
import { callStep, machineStep, stepId, whenFailed } from '../step';
import { unlistFormer, unlistLeaving } from './formerMembers';
import { identityOf, leavingOf, type Leaving } from './leaving';
import { talosFiles, talosMachine } from './machines';
import { keepsQuorum } from './quorum';
import { resetOnce, resetStep, roundOf } from './reset';

const { talosChanges: changes } = activities;

const drainStep = 'drain';

/** Runs from before looked once at what etcd has of a machine that is off: they are replayed as they were. */
const looksAtEtcdAgain = 'look-at-etcd-again';

/** Runs from before deleted a machine's node only before the machine: they are replayed as they were. */
const forgetsAgain = 'forget-again';

/**
 * Takes a machine out of the cluster before it is deleted: its pods go elsewhere, it leaves etcd (a control plane: with a
 * snapshot before, and only if the others keep their quorum), forgets everything and is off, and its node is deleted.
 * What is off can't leave by itself: its member is removed from etcd, and its node is deleted, as long as it is off. True if
 * it has left.
 */
export async function leaveKubernetes(
  run: ClusterRun,
  talos: PlannedTalos,
  { member, running }: PlannedRemoval,
): Promise<boolean> {
  const machine = talosMachine(member);
  if (machine === undefined) return member.state !== 'ready' || cannotLeave(run, member);
  const leaving = leavingOf(run, talos, { member, machine });
  const { isControlPlane } = leaving;
  const hasLeft =
    (!isControlPlane || (await keepsQuorum(run, leaving))) &&
    (!isControlPlane || (await snapshot(run, leaving))) &&
    (!isControlPlane || (await unlistFormer(run, leaving))) &&
    (!running || (await drain(run, leaving))) &&
    (!running || (await resetOnce(run, leaving))) &&
    (await deleteNode(run, leaving, running));
  if (!hasLeft) await letPodsBack(run, leaving);
  return hasLeft;
}

/** Nobody knows where it answers: it can't be told to leave, and etcd and Kubernetes would keep it. */
function cannotLeave(run: ClusterRun, member: ClusterMember): Promise<boolean> {
  const title = `Let ${machineWords(member)} leave the cluster`;
  return machineStep(run, { name: 'leave', vmid: member.vmid, title }, 'read', (step) => {
    const it = problem('NotAsExpected', {
      attempted: title,
      failed: 'its address is not known: it was adopted, or its record is older',
      remedy:
        'skip leaves it as it is. Remove it by hand: talosctl reset, kubectl delete node, then the machine.',
    });
    return Promise.resolve(failedFrame(run, step, it, whenFailed));
  });
}

async function snapshot(run: ClusterRun, { member, others }: Leaving): Promise<boolean> {
  const [on, ...orOn] = others;
  if (on === undefined) return false;
  const title = `Save what etcd holds before ${machineWords(member)} goes`;
  const name = `${run.plan.action}-${member.name}-${run.operation.holder.firstExecutionRunId}`;
  return callStep(
    run,
    { name: 'snapshot', vmid: member.vmid, title },
    (options) =>
      changes.snapshotEtcd.executeWithOptions(options, [{ files: talosFiles(run), on, orOn, name }]),
    { keep: (step, file) => step.keep({ outcome: 'done', captures: { ...file } }) },
  );
}

function drain(run: ClusterRun, leaving: Leaving): Promise<boolean> {
  const { member } = leaving;
  const title = `Drain the node of ${machineWords(member)}`;
  return callStep(
    run,
    { name: drainStep, vmid: member.vmid, title },
    (options) =>
      changes.drainKubernetesNode.executeWithOptions(options, [
        {
          ...nodeQuestion(run, leaving),
          ...{ withinMs: run.frame.readyWithinMs, identity: identityOf(run, leaving) },
        },
      ]),
    {
      keep(step, { wasNode, evicted, withLocalData, withoutOwner }) {
        step.keep({ outcome: 'done', captures: { wasNode, evicted, withLocalData, withoutOwner } });
        if (withLocalData.length > 0) step.warn(`Local data of pods is gone: ${withLocalData.join(', ')}.`);
        if (withoutOwner.length > 0) step.warn(`Nobody makes these pods again: ${withoutOwner.join(', ')}.`);
      },
    },
  );
}

/** A machine that stays after all was cordoned by its drain: it takes pods again. */
async function letPodsBack(run: ClusterRun, leaving: Leaving): Promise<void> {
  const { vmid } = leaving.member;
  const { steps } = run.operation.state;
  const record = steps.find(({ id }) => id === stepId(drainStep, vmid));
  const isReset = steps.some(({ id, phase }) => id === stepId(resetStep, vmid) && phase === 'done');
  if (record === undefined || record.phase === 'waiting' || isReset) return;
  const step = stepRun(run.operation, record);
  const title = `Let pods onto the node of ${machineWords(leaving.member)} again`;
  const done = await step.attempt(title, () =>
    changes.uncordonKubernetesNode.executeWithOptions({ summary: title.slice(0, 180) }, [
      nodeQuestion(run, leaving),
    ]),
  );
  if (!done.ok) step.warn(`Its node may be cordoned still: ${problemText(done.problem)}`);
}

/**
 * `wasRunning`: it was reset before, and may be on its way down still. What was off in the plan, and was started since, is a
 * node that works: a person is asked then. While it ran it was no dead member of etcd, so that is looked at again, also where
 * nobody has seen it run: it may have been on only while it was looked at before.
 */
function deleteNode(run: ClusterRun, leaving: Leaving, wasRunning: boolean): Promise<boolean> {
  const { member, isControlPlane } = leaving;
  const title = `Delete the node of ${machineWords(member)} from Kubernetes`;
  return machineStep(run, { name: 'forget', vmid: member.vmid, title }, 'change', async (step) => {
    const looksAgain = !wasRunning && isControlPlane && patched(looksAtEtcdAgain);
    const failure = looksAgain ? await unlistLeaving(run, step, leaving) : undefined;
    if (failure !== undefined) return failure;
    const question = {
      ...nodeQuestion(run, leaving),
      ...(wasRunning ? {} : { identity: identityOf(run, leaving) }),
    };
    const deleted = await step.attempt(title, () =>
      changes.deleteKubernetesNode.executeWithOptions({ summary: title.slice(0, 180) }, [question]),
    );
    return deleted.ok ? undefined : failedFrame(run, step, deleted.problem, whenFailed);
  });
}

/**
 * Whoever starts a machine between its leaving and its deletion makes it a node anew, and keeps it from being deleted. Once
 * it is gone after all, by a person's retry, that node goes as well; what fails then is only told.
 */
export async function forgetAgain(
  run: ClusterRun,
  talos: PlannedTalos,
  step: FrameStep,
  { member }: PlannedRemoval,
): Promise<void> {
  const machine = talosMachine(member);
  if (machine === undefined || roundOf(step) === 0 || !patched(forgetsAgain)) return;
  const title = `Delete the node of ${machineWords(member)} from Kubernetes, should it be there again`;
  const leaving = leavingOf(run, talos, { member, machine });
  const done = await step.attempt(title, () =>
    changes.deleteKubernetesNode.executeWithOptions({ summary: title.slice(0, 180) }, [
      nodeQuestion(run, leaving),
    ]),
  );
  if (!done.ok) step.warn(`Kubernetes may have its node again: ${problemText(done.problem)}`);
}

function nodeQuestion(run: ClusterRun, { machine, others }: Leaving): KubernetesQuestion {
  return { files: talosFiles(run), machine, controlPlanes: others };
}
