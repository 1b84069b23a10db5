import { problem } from '../../domain/errors';
import { activities } from '../shared/calls';
import type { StepFailure } from '../shared/stepRun';
import { interrupted } from './call';
import { failed, stalled } from './questions';
import type { RoundRun } from './run';
import { settleTask } from './settle';

const defaultStallMs = 2 * 60 * 60_000;

/** Waits on a task to its end. `answerOf` its exit status is what the step then answers. */
export async function followTask(
  run: RoundRun,
  upid: string,
  answerOf: (exit: string) => string,
): Promise<StepFailure | undefined> {
  const { round, record, step } = run;
  const { title } = round;
  const stallAfterMs = round.planned.timeoutMs ?? defaultStallMs;
  const isAborted = () => step.operation.state.cancel?.running === 'abort';
  const watched = await step.wait(
    title,
    () =>
      activities.runbookWaits.awaitTask.executeWithOptions(
        { summary: `wait for the task: ${title}`.slice(0, 180) },
        [{ upid, stallAfterMs }],
      ),
    isAborted,
  );
  if (watched === 'interrupted') {
    record.abortAsked = true;
    await step.attempt(`stop the task of ${title}`, () => activities.runbookChanges.abortTask({ upid }));
    return failed(run, interrupted(run));
  }
  if (!watched.ok) return failed(run, watched.problem);
  const { value } = watched;
  if (value.kind === 'stalled') {
    const seconds = Math.round(value.silentForMs / 1000);
    return stalled(
      run,
      problem('TaskStalled', {
        attempted: title,
        failed: `the task ${upid} has shown nothing new for ${seconds} s`,
        logTail: [value.lastLine],
        remedy: 'Look at the node and its storages; wait on, or end the run.',
      }),
    );
  }
  record.taskEnded = true;
  if (value.succeeded) return settleTask(run, answerOf(value.exit), value.logTail.slice(-5));
  return failed(
    run,
    problem('TaskFailed', {
      attempted: title,
      failed: `its task ended with an error (${upid})`,
      proxmoxSaid: value.exit,
      logTail: value.logTail,
    }),
  );
}
