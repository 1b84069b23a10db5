import { problem } from '../../domain/errors';
import { fill } from '../../domain/runbook/text';
import type { StepFailure } from '../shared/stepRun';
import { failed } from './questions';
import type { RoundRun } from './run';
import { followTask } from './task';

/** `stop`: the runbook ends here, as it says; its clean-up follows. */
export function stopHere(run: RoundRun): StepFailure | undefined {
  const because = argument(run, 'because') ?? '';
  run.step.keep({ outcome: 'stopped', captures: {}, ...(because === '' ? {} : { reason: because }) });
  return undefined;
}

/** `wait_task`: waits on the task that a step before began. Answers how it ended. */
export async function waitForNamedTask(run: RoundRun): Promise<StepFailure | undefined> {
  const upid = argument(run, 'upid');
  if (upid?.startsWith('UPID:') === true) return followTask(run, upid, (exit) => exit);
  return failed(
    run,
    problem('InputInvalid', {
      attempted: run.round.title,
      failed: upid === undefined ? 'it has no value for upid' : `"${upid.slice(0, 80)}" is no task`,
    }),
  );
}

/** Undefined where there is no such argument, or its value is missing. */
function argument({ round, values }: RoundRun, name: string): string | undefined {
  const { action } = round.planned;
  const given = action.type === 'builtin' ? action.arguments.find((it) => it.name === name) : undefined;
  try {
    return given === undefined ? undefined : fill(given.value, values);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
