import { problemText } from '../../domain/errors';
import type { FrameStep } from '../shared/frameStep';
import { settle, type StepFailure } from '../shared/stepRun';

/** How often a task that came too late for the lock of its storage is begun again before a person is asked. */
const mostTriesAgain = 3;

/**
 * Begins a task again that gave up on the lock of its storage, since others kept it for 10 s (behaviour.md 1.6; the clone
 * model of cluster-lifecycle.md calls it retryable): it came to nothing, which is looked at before the next request. The
 * report says so.
 */
export async function againWhereLocked(
  step: FrameStep,
  tryOnce: () => Promise<StepFailure | undefined>,
): Promise<StepFailure | undefined> {
  const { record } = step;
  for (let again = 0; ; again += 1) {
    const failure = await tryOnce();
    if (failure === undefined || again === mostTriesAgain || !isLockTimeout(failure)) return failure;
    if (step.operation.state.cancel !== undefined) return failure;
    step.warn(`It was begun again: ${problemText(failure.problem)}`);
    settle(record);
  }
}

function isLockTimeout({ problem: { code, proxmoxSaid = '' } }: StepFailure): boolean {
  return code === 'TaskFailed' && /cfs-lock '.*' error: got lock request timeout/.test(proxmoxSaid);
}
