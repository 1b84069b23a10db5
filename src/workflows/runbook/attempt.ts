import { activities } from '../shared/calls';
import type { StepFailure } from '../shared/stepRun';
import { callOf, interrupted, isCleanupAfterAll, isLong } from './call';
import { confirmation, failed, gate } from './questions';
import { settleAnswer } from './settle';
import type { RoundRun } from './run';
import { askOnce, askPatiently, askUntilAborted, untilEnded } from './once';
import { pollRound } from './poll';
import { requestWithTask } from './taskRequest';
import { stopHere, waitForNamedTask } from './ownBuiltins';

/** One try of a round. Undefined: it is done, and what it answered is kept. Else the question that it leaves. */
export async function tryRound(run: RoundRun): Promise<StepFailure | undefined> {
  const { planned } = run.round;
  run.step.phase('starting');
  const question = confirmation(run);
  if (question !== undefined) return question;
  if (planned.action.type === 'gate') {
    run.step.keep({ outcome: 'done', captures: {} });
    return gate(run);
  }
  run.step.phase('running');
  if (planned.poll !== undefined) return pollRound(run, planned.poll);
  switch (planned.action.type) {
    case 'builtin':
      if (planned.action.name === 'stop') return stopHere(run);
      if (planned.action.name === 'wait_task') return waitForNamedTask(run);
      return readRound(run);
    case 'request':
      if (planned.kind === 'read') return readRound(run);
      return requestWithTask(run);
    case 'file': {
      const { options, args } = callOf(run);
      return settleAnswer(
        run,
        await askPatiently(run, () =>
          activities.runbookChanges.writeFileStep.executeWithOptions(options, [args]),
        ),
      );
    }
    default:
      return planned.kind === 'read' ? readRound(run) : changeRound(run);
  }
}

/** A person who ends the run at once ends the task too. */
export async function abortTaskOf({ record, step }: RoundRun): Promise<void> {
  const { upid } = record;
  if (upid === undefined) return;
  await step.attempt('stop the task', () => activities.runbookChanges.abortTask({ upid }));
}

async function readRound(run: RoundRun): Promise<StepFailure | undefined> {
  const { options, args } = callOf(run);
  const call = (more = {}) =>
    activities.runbookReads.readStep.executeWithOptions({ ...options, ...more }, [args]);
  if (!isLong(run)) return settleAnswer(run, await askUntilAborted(run, () => call(untilEnded)));
  const { state } = run.step.operation;
  const isCleanup = isCleanupAfterAll(run);
  const answer = await run.step.wait(run.round.title, call, () =>
    isCleanup ? state.cancel?.running === 'abort' : state.cancel !== undefined,
  );
  return answer === 'interrupted' ? failed(run, interrupted(run)) : settleAnswer(run, answer);
}

async function changeRound(run: RoundRun): Promise<StepFailure | undefined> {
  const { options, args } = callOf(run);
  return settleAnswer(
    run,
    await askOnce(run, () => activities.runbookOnce.changeStep.executeWithOptions(options, [args])),
  );
}
