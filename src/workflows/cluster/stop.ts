import type { PlannedRemoval } from '../../domain/cluster/plan';
import type { RemovalStepArguments } from '../../domain/cluster/step';
import { problem, type Problem } from '../../domain/errors';
import type { TasksBefore } from '../../domain/template/step';
import { activities } from '../shared/calls';
import { callOf, oneTask, type FrameStep } from '../shared/frameStep';
import type { StepFailure } from '../shared/stepRun';
import { frameFor, machineWords } from './machine';
import type { ClusterOperation, ClusterRun } from './run';
import { machineStep, stepId, taskStep, whenFailed } from './step';

const { clusterChanges: changes } = activities;

/** What a step on a machine that goes, or comes back, is called with. */
export function removalArguments(
  { operation: { holder }, frame }: ClusterRun,
  removal: PlannedRemoval,
  before: TasksBefore = { settledTasks: [] },
): RemovalStepArguments {
  return { holder, frame: frameFor(frame, removal.member), removal, ...before };
}

/**
 * Shuts a machine down; only where that took too long it is stopped hard, if the plan or a person says so. True if it is
 * off.
 */
export async function bringDown(run: ClusterRun, removal: PlannedRemoval): Promise<boolean> {
  if (!removal.running) return true;
  const { vmid } = removal.member;
  const work = { name: 'shutdown', vmid, title: `Shut down ${machineWords(removal.member)}` };
  const isDown = await machineStep(run, work, 'change', (step) => shutDown(run, step, removal));
  if (!isDown || !isToBeStopped(run, vmid)) return isDown;
  const title = `Stop ${machineWords(removal.member)} hard`;
  return taskStep(run, { name: 'stop', vmid, title }, (options, before) =>
    changes.stopMember.executeWithOptions(options, [removalArguments(run, removal, before)]),
  );
}

async function shutDown(
  run: ClusterRun,
  step: FrameStep,
  removal: PlannedRemoval,
): Promise<StepFailure | undefined> {
  if (isHardStopDecided(run, step.record.id)) {
    keepHardStop(step, 'a person has decided to stop it hard');
    return undefined;
  }
  const call = callOf(step, (options, before) =>
    changes.shutDownMember.executeWithOptions(options, [removalArguments(run, removal, before)]),
  );
  const failure = await oneTask(run, step, call, whenFailed);
  if (failure === undefined || !hasTimedOut(run, step, failure.problem)) return failure;
  if (run.frame.hardStop) {
    keepHardStop(step, 'it did not shut down in time and is stopped hard, as approved');
    return undefined;
  }
  return { ...failure, kind: 'destructive', problem: askedFor(failure.problem), choices: hardStopChoices };
}

/** How a shutdown ends whose time is up (observed: exit statuses). */
const timeWasUp = 'VM quit/powerdown failed - got timeout';

/** How it ends in older versions; also where the machine could not be asked, which may be at once. */
const failedInSomeWay = 'VM quit/powerdown failed';

/**
 * Whether the machine would not go down in its time. Any other end, such as a lock, or somebody who stopped the task,
 * does not tell that.
 */
function hasTimedOut({ operation, frame }: ClusterRun, { record }: FrameStep, it: Problem): boolean {
  if (record.taskEnded !== true || it.code !== 'TaskFailed') return false;
  const exit = it.proxmoxSaid?.trim();
  if (exit === timeWasUp) return true;
  return exit === failedInSomeWay && triedForMs(operation, record) >= frame.shutdownTimeoutMs;
}

/** How long the last try has lasted: since the step began, or since a person answered that it is tried again. */
function triedForMs({ state }: ClusterOperation, { id, openedAt }: FrameStep['record']): number {
  const answeredAt = state.decisions.findLast(({ stepId }) => stepId === id)?.answer?.at;
  const since = answeredAt ?? openedAt;
  return since === undefined ? 0 : Date.now() - Date.parse(since);
}

const hardStopChoices: StepFailure['choices'] = ['run', 'retry', 'skip', 'abort'];

function askedFor(it: Problem): Problem {
  const { attempted, proxmoxSaid, logTail } = it;
  return problem('NeedsPerson', {
    attempted,
    failed: 'it has not shut down in time, and the plan says to ask before it is stopped hard',
    ...(proxmoxSaid === undefined ? {} : { proxmoxSaid }),
    ...(logTail === undefined ? {} : { logTail }),
    remedy:
      'run stops it hard, as if its power were cut; retry shuts it down once more; skip leaves it running.',
  });
}

function isHardStopDecided({ operation: { state } }: ClusterRun, id: string): boolean {
  return state.decisions.findLast((decision) => decision.stepId === id)?.answer?.choice === 'run';
}

function keepHardStop(step: FrameStep, reason: string): void {
  step.keep({ outcome: 'done', reason, captures: { hardStop: true } });
}

function isToBeStopped({ operation: { state } }: ClusterRun, vmid: number): boolean {
  return state.results[stepId('shutdown', vmid)]?.captures['hardStop'] === true;
}
