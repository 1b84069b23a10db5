import type { StepFailure } from '../shared/stepRun';
import { watchTask } from '../shared/watchTask';
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
  const { title, planned } = run.round;
  const verdict = await watchTask(run.step, {
    ...{ title, upid },
    stallAfterMs: planned.timeoutMs ?? defaultStallMs,
  });
  switch (verdict.kind) {
    case 'ended':
      return settleTask(run, answerOf(verdict.exit), verdict.logTail.slice(-5));
    case 'failed':
      return failed(run, verdict.problem);
    case 'stalled':
      return stalled(run, verdict.problem);
    case 'interrupted':
      return failed(run, interrupted(run));
  }
}
