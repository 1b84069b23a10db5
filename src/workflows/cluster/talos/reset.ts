import { problem, type Problem } from '../../../domain/errors';
import type { LeavingSeen } from '../../../domain/talos/machine';
import { askOnce, askPatiently, askUntilAborted, untilEnded } from '../../runbook/once';
import { activities } from '../../shared/calls';
import type { Attempt } from '../../shared/credentials';
import { failedFrame, isCancelled, type FrameStep } from '../../shared/frameStep';
import type { StepFailure } from '../../shared/stepRun';
import { machineWords } from '../machine';
import { mayHaveBegun } from '../mayHaveBegun';
import type { ClusterRun } from '../run';
import { machineStep, whenFailed } from '../step';
import { unlistLeaving } from './formerMembers';
import { leavingQuestion, type Leaving } from './leaving';
import { seeQuorum } from './quorum';

const { talosReads: reads, talosOnce: once } = activities;

/** The step that wipes a machine. */
export const resetStep = 'reset';

/** A machine that works answers within this. */
const answersWithinMs = 30_000;
/** What the looks themselves take beside the waiting. */
const graceMs = 5 * 60_000;

/**
 * Wipes a machine, which leaves etcd first and is off then. Sent once, and once more for each retry of a person, as long as
 * the machine works as before: one that is off, or wiped, and no member of etcd has left, whoever has seen to that. True if
 * it has left.
 */
export function resetOnce(run: ClusterRun, leaving: Leaving): Promise<boolean> {
  const { vmid } = leaving.member;
  const title = `Let ${machineWords(leaving.member)} leave the cluster and forget everything`;
  return machineStep(run, { name: resetStep, vmid, title }, 'destroy', (step) => reset(run, step, leaving));
}

async function reset(run: ClusterRun, step: FrameStep, leaving: Leaving): Promise<StepFailure | undefined> {
  if (isSent(step)) return seeWhatBecame(run, step, leaving, undefined);
  const seen = await look(run, step, leaving, Math.min(answersWithinMs, run.frame.readyWithinMs));
  if (!seen.ok) return failedFrame(run, step, seen.problem, whenFailed);
  switch (seen.value.how) {
    case 'left':
      return left(step, seen.value.because);
    case 'leaves':
      return seeWhatBecame(run, step, leaving, undefined);
    case 'stillMember':
      return withoutReset(run, step, leaving, seen.value);
    case 'unknown':
      return failedFrame(run, step, notSent(step, seen.value), whenFailed);
    case 'stays':
      return send(run, step, leaving);
  }
}

async function send(run: ClusterRun, step: FrameStep, leaving: Leaving): Promise<StepFailure | undefined> {
  const { title } = step.record;
  const { files, machine } = leavingQuestion(run, leaving);
  if (leaving.isControlPlane) {
    const quorum = await seeQuorum(run, step, leaving);
    if (!quorum.ok) return failedFrame(run, step, quorum.problem, whenFailed);
  }
  keepSent(step);
  const begun = await askOnce({ step, round: { title } }, () =>
    once.resetTalosMachine.executeWithOptions({ summary: title.slice(0, 180) }, [
      { files, machine, graceful: true },
    ]),
  );
  if (begun.ok) return left(step, 'as asked');
  if (!mayHaveBegun(run, begun.problem)) return failedFrame(run, step, begun.problem, whenFailed);
  return seeWhatBecame(run, step, leaving, begun.problem);
}

/** It may have been sent: what is to be seen of it decides, else a person. */
async function seeWhatBecame(
  run: ClusterRun,
  step: FrameStep,
  leaving: Leaving,
  lost: Problem | undefined,
): Promise<StepFailure | undefined> {
  const seen = await look(run, step, leaving, run.frame.readyWithinMs);
  if (!seen.ok) return failedFrame(run, step, seen.problem, whenFailed);
  if (seen.value.how === 'left') return left(step, seen.value.because);
  if (seen.value.how === 'stillMember') return withoutReset(run, step, leaving, seen.value);
  return failedFrame(run, step, unclear(step, seen.value, lost), whenFailed);
}

/** It was switched off before it could leave: what is off needs not be wiped, and etcd is told by the others. */
async function withoutReset(
  run: ClusterRun,
  step: FrameStep,
  leaving: Leaving,
  { because }: LeavingSeen,
): Promise<StepFailure | undefined> {
  const failure = await unlistLeaving(run, step, leaving);
  return failure ?? left(step, `${because}: it was removed there`);
}

/** A person who ends the operation with `abort` waits for one look only. */
function look(
  run: ClusterRun,
  step: FrameStep,
  leaving: Leaving,
  patienceMs: number,
): Promise<Attempt<LeavingSeen>> {
  const { title } = step.record;
  const asking = { step, round: { title } };
  const withinMs = isCancelled(run) ? 0 : patienceMs;
  const options = {
    ...{ summary: `look how far it is: ${title}`.slice(0, 180), startToCloseTimeout: withinMs + graceMs },
    ...untilEnded,
  };
  const call = () =>
    reads.lookForTalosReset.executeWithOptions(options, [{ ...leavingQuestion(run, leaving), withinMs }]);
  return withinMs === 0 ? askPatiently(asking, call) : askUntilAborted(asking, call);
}

function left(step: FrameStep, how: string): StepFailure | undefined {
  step.keep({ outcome: 'done', captures: { how } });
  return undefined;
}

/** Kept before the call: a run that goes on from here (continued as new) never takes it for one that was not made. */
function keepSent(step: FrameStep): void {
  step.keep({ outcome: 'done', captures: { askedInRound: roundOf(step) } });
}

function isSent(step: FrameStep): boolean {
  const { results } = step.operation.state;
  return results[step.record.id]?.captures['askedInRound'] === roundOf(step);
}

/** How often a person has had a step tried again: each time begins another round of it. */
export function roundOf({ record, operation: { state } }: FrameStep): number {
  return state.decisions.filter(({ stepId, answer }) => stepId === record.id && answer?.choice === 'retry')
    .length;
}

function notSent({ record }: FrameStep, seen: LeavingSeen): Problem {
  return problem('NotAsExpected', {
    attempted: record.title,
    failed: `it was not asked to: ${seen.because}`,
    remedy: remedies[seen.how],
  });
}

function unclear({ record }: FrameStep, seen: LeavingSeen, lost: Problem | undefined): Problem {
  return problem('OutcomeUnknown', {
    attempted: record.title,
    failed: `its answer was lost, and ${seen.because}`,
    remedy: remedies[seen.how],
    ...(lost?.proxmoxSaid === undefined ? {} : { proxmoxSaid: lost.proxmoxSaid }),
    ...(lost?.saidBy === undefined ? {} : { saidBy: lost.saidBy }),
  });
}

const remedies: Readonly<Record<LeavingSeen['how'], string>> = {
  left: 'retry goes on.',
  stays: 'Look at its console first: retry wipes it once more, skip leaves it as it is.',
  leaves: 'It goes on by itself: retry waits for its end, skip leaves it as it is.',
  stillMember: 'retry removes it from etcd, by its id. skip leaves it as it is.',
  unknown:
    'Look at its console. If it is broken, switch it off: retry goes on without it then, for what is off needs not be wiped. skip leaves it as it is.',
};
