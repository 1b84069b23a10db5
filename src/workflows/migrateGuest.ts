import { isAboutCredentials, problem, problemText, type Problem } from '../domain/errors';
import type { EvacuationPlan, PlannedMove } from '../domain/evacuationPlan';
import type { MoveProof } from '../domain/moveProof';
import type { TaskEnded, TaskWatch } from '../domain/taskWatch';
import {
  beginLook,
  laneCopyEnding,
  laneObserved,
  sampleTimeMs,
  type ObservedRate,
} from '../planning/rules/lanes';
import type { WatchArguments } from '../activities/evacuation/contract';
import { isAbortRefused } from './abortRefused';
import { moveResult, type MoveResult } from './moveResult';
import { activities } from './shared/calls';
import type { Attempt } from './shared/credentials';
import type { NewLaneStep } from './shared/lanes';
import { failedStep, untilDone, type StepFailure, type StepRun } from './shared/stepRun';
import { underWayBeside } from './underWay';

/** Each costs six events of the history, so a guest gives only a few. */
const samplesPerGuest = 3;

/** The step that moves one guest. */
export function moveStep(
  move: PlannedMove,
  knownTasks: Readonly<Record<string, readonly string[]>>,
): NewLaneStep {
  return {
    id: `move-${move.vmid}`,
    title: `Move ${nameOf(move)} from ${move.source} to ${move.target} (${move.mode})`,
    kind: 'change',
    target: `qemu/${move.vmid}`,
    vmid: move.vmid,
    settledTasks: knownTasks[String(move.vmid)] ?? [],
  };
}

/** Moves one guest: start or adopt -> copy ending (its lane is free) -> task ended -> proven on the target. */
export function migrateGuest(
  step: StepRun<MoveResult>,
  plan: EvacuationPlan,
  move: PlannedMove,
): Promise<void> {
  return untilDone(
    step,
    () => moveOnce(step, plan, move),
    () => abort(step, move),
  );
}

async function moveOnce(
  step: StepRun<MoveResult>,
  plan: EvacuationPlan,
  move: PlannedMove,
): Promise<StepFailure | undefined> {
  const started = await startOrAdopt(step, plan, move);
  if (!started.ok) return judge(step, move, started.problem, undefined);
  const watched = await followTask(step, plan, move);
  if (watched === undefined) return judge(step, move, undefined, undefined);
  if (!watched.ok) {
    // A node that does not know the task any more will never tell how it ended.
    if (watched.problem.code === 'NotFound') step.record.taskEnded = true;
    return judge(step, move, watched.problem, undefined);
  }
  if (watched.value.kind === 'stalled')
    return stalled(move, watched.value.silentForMs, watched.value.lastLine);
  if (watched.value.kind !== 'ended') return judge(step, move, undefined, undefined);
  step.record.taskEnded = true;
  return judge(step, move, problemOfEnd(step, move, watched.value), watched.value);
}

async function startOrAdopt(
  step: StepRun<MoveResult>,
  plan: EvacuationPlan,
  move: PlannedMove,
): Promise<Attempt<void>> {
  const { record } = step;
  if (record.upid !== undefined) return { ok: true, value: undefined };
  step.phase('starting');
  step.keep(moveResult(move));
  const limit = plan.bandwidthLimitBytesPerSecond;
  const started = await step.attempt(`start the migration of ${nameOf(move)} to ${move.target}`, () =>
    activities.changes.startMigration.executeWithOptions(
      { summary: `${nameOf(move)}: start, to ${move.target}` },
      [
        {
          move,
          settledTasks: record.settledTasks,
          underWay: underWayBeside(record, step.operation.state.steps, plan, move),
          ...(limit === undefined ? {} : { bandwidthLimitBytesPerSecond: limit }),
        },
      ],
    ),
  );
  if (!started.ok) return started;
  if (started.value.kind !== 'alreadyThere') record.upid = started.value.upid;
  return { ok: true, value: undefined };
}

/** Follows the task to its end; the lane is given to the next guest when the copy is about to end. */
async function followTask(
  step: StepRun<MoveResult>,
  plan: EvacuationPlan,
  move: PlannedMove,
): Promise<Attempt<TaskWatch> | undefined> {
  const { record } = step;
  const { upid } = record;
  if (upid === undefined) return undefined;
  const input = { move, upid, stallAfterMs: plan.times.stallAfterMs, setupSeconds: setupSecondsOf(plan) };
  if (record.phase !== 'ending') {
    step.phase('copying');
    const copy = await followCopy(step, plan, move, input);
    if (!copy.ok || copy.value.kind !== 'copyEnding') return copy;
    step.phase('ending');
  }
  const summary = `${nameOf(move)}: waits for the end of its migration to ${move.target}`;
  return watch(step, move, () => activities.waits.awaitMigration.executeWithOptions({ summary }, [input]));
}

/** Follows the copy until it is about to end; on the way the lane rule is told how fast copies are, if it learns. */
async function followCopy(
  step: StepRun<MoveResult>,
  plan: EvacuationPlan,
  move: PlannedMove,
  input: WatchArguments,
): Promise<Attempt<TaskWatch>> {
  const { state } = step.operation;
  const summary = `${nameOf(move)}: copying to ${move.target}`;
  const sampleAfterMs = sampleTimeMs(plan.lanes);
  for (let samples = 0; ; samples += 1) {
    const look = beginLook(state.lanes);
    const wantsSample = sampleAfterMs !== undefined && samples < samplesPerGuest;
    const copy = await watch(step, move, () =>
      activities.waits.copyEnding.executeWithOptions({ summary }, [
        wantsSample ? { ...input, sampleAfterMs } : input,
      ]),
    );
    if (!copy.ok || copy.value.kind === 'stalled' || copy.value.kind === 'ended') return copy;
    const { kind, bytesPerSecond } = copy.value;
    const rate: ObservedRate | undefined =
      bytesPerSecond === undefined ? undefined : { ...look, bytesPerSecond };
    if (kind === 'copyEnding') {
      state.lanes = laneCopyEnding(state.lanes, move.vmid, rate);
      return copy;
    }
    if (rate !== undefined) state.lanes = laneObserved(state.lanes, rate);
  }
}

/** One wait on the task. An operation that is cancelled with `abort` stops the task once, then waits on. */
async function watch(
  step: StepRun<MoveResult>,
  move: PlannedMove,
  call: () => Promise<TaskWatch>,
): Promise<Attempt<TaskWatch>> {
  const { record, operation } = step;
  const abortDue = () => operation.state.cancel?.running === 'abort' && record.abortAsked !== true;
  for (;;) {
    const watched = await step.wait(`follow the migration of ${nameOf(move)}`, call, abortDue);
    // Also where credentials are missing to follow the task: perhaps they allow to abort it.
    const isRefused = watched !== 'interrupted' && !watched.ok && isAboutCredentials(watched.problem);
    if (watched !== 'interrupted' && !(isRefused && abortDue())) return watched;
    await abort(step, move);
  }
}

/** Asks Proxmox to stop the task. That it could not be asked is no failure of the step: the task is followed on. */
async function abort(step: StepRun<MoveResult>, move: PlannedMove): Promise<void> {
  const { record } = step;
  const { abortAsked, abortRefused } = record;
  record.abortAsked = true;
  const { upid } = record;
  if (upid === undefined) return;
  const asked = await step.attempt(`abort the migration of ${nameOf(move)}`, () =>
    activities.changes.abortMigration.executeWithOptions(
      { summary: `${nameOf(move)}: abort its migration` },
      [{ upid }],
    ),
  );
  if (isAbortRefused({ abortAsked, abortRefused }, asked.ok)) record.abortRefused = true;
  else delete record.abortRefused;
  if (!asked.ok) {
    step.warn(`The migration of ${nameOf(move)} could not be aborted: ${problemText(asked.problem)}`);
  }
}

/** Looks where the guest is: that decides, not the task's exit status. */
async function judge(
  step: StepRun<MoveResult>,
  move: PlannedMove,
  it: Problem | undefined,
  ended: TaskEnded | undefined,
): Promise<StepFailure | undefined> {
  step.phase('proving');
  const looked = await step.attempt(`look where ${nameOf(move)} is`, () =>
    activities.changes.proveMove.executeWithOptions({ summary: `${nameOf(move)}: look where it is` }, [
      { move, holder: step.operation.holder },
    ]),
  );
  const title = `Moving ${nameOf(move)} to ${move.target} failed`;
  if (!looked.ok) {
    step.keep(moveResult(move, undefined, ended));
    return failedStep(
      title,
      it ?? looked.problem,
      `It is not known where the guest is: ${looked.problem.failed}`,
    );
  }
  const proof = looked.value;
  step.keep(moveResult(move, proof, ended));
  if (!arrived(move, proof)) return failedStep(title, it ?? notArrived(move, proof), proof.seen);
  if (it !== undefined) step.warn(problemText(it));
  return undefined;
}

function arrived(move: PlannedMove, proof: MoveProof): boolean {
  return proof.where === 'target' && proof.lock === undefined && proof.running === (move.mode === 'live');
}

function notArrived(move: PlannedMove, proof: MoveProof): Problem {
  return problem('TaskFailed', {
    attempted: `migrate ${nameOf(move)} from ${move.source} to ${move.target}`,
    failed: `the task ended, but the cluster shows something else: ${proof.seen}`,
    remedy: 'Look at the guest on the node that has it; repair it there, then retry.',
  });
}

function problemOfEnd(
  { record, operation }: StepRun<MoveResult>,
  move: PlannedMove,
  { succeeded, exit, logTail }: TaskEnded,
): Problem | undefined {
  if (succeeded) return undefined;
  const attempted = `migrate ${nameOf(move)} from ${move.source} to ${move.target}`;
  if (record.abortAsked !== true || record.abortRefused === true)
    return problem('TaskFailed', { attempted, failed: 'its task ended badly', proxmoxSaid: exit, logTail });
  const isCancelled = operation.state.cancel?.running === 'abort';
  return problem('TaskFailed', {
    attempted,
    failed: 'its task was stopped, as asked',
    ...(exit === wordlessExit ? {} : { proxmoxSaid: exit }),
    logTail,
    remedy: isCancelled
      ? `To empty the node after all: pxm evacuate ${move.source}`
      : 'Look why it made no progress (network and storages of both nodes), then retry, or plan what is left anew.',
  });
}

/** What Proxmox says of a task whose worker ended without a last word. */
const wordlessExit = 'unexpected status';

function stalled(move: PlannedMove, silentForMs: number, lastLine: string): StepFailure {
  return {
    kind: 'stalled',
    title: `The migration of ${nameOf(move)} to ${move.target} makes no progress`,
    problem: problem('TaskStalled', {
      attempted: `migrate ${nameOf(move)} from ${move.source} to ${move.target}`,
      failed: `no progress in its log for ${Math.round(silentForMs / 1000)} s`,
      proxmoxSaid: lastLine,
    }),
    seen: 'Its task still runs.',
    choices: ['wait', 'abortMigration'],
  };
}

function setupSecondsOf(plan: EvacuationPlan): number {
  return plan.lanes.kind === 'fixed' ? 0 : plan.lanes.setupSeconds;
}

function nameOf(move: PlannedMove): string {
  return `VM ${move.vmid} (${move.name})`;
}
