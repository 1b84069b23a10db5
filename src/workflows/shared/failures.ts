import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { ActivityFailure, TimeoutFailure } from '@temporalio/common';
import { isErrorCode, problem, type ErrorCode, type Problem } from '../../domain/errors';

/** A failure of the workflow itself, with the project's code as type. A plain Error would be retried for ever. */
export function refusal(it: Problem): ApplicationFailure {
  return ApplicationFailure.create({
    type: it.code,
    message: `${it.attempted}: ${it.failed}. ${it.remedy}`,
    nonRetryable: true,
    details: [it],
  });
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    'attempted' in value &&
    'remedy' in value
  );
}

/**
 * What went wrong, from whatever an activity call threw. Rethrows cancellations and everything that is not a
 * failure of an activity: those are for the caller's caller.
 */
export function problemOf(error: unknown, attempted: string): Problem {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  const cause = error.cause;
  if (cause instanceof ApplicationFailure) {
    const [detail] = cause.details ?? [];
    if (isProblem(detail)) return detail;
    // The activity gave itself back because its worker ends (activities/shared/attempt.ts): nothing was sent by it.
    if (cause.type === 'WorkerShutdown') return problem('Interrupted', { attempted, failed: cause.message });
    const code: ErrorCode = isErrorCode(cause.type) ? cause.type : 'Internal';
    return problem(code, { attempted, failed: cause.message });
  }
  if (cause instanceof TimeoutFailure) {
    return problem('OutcomeUnknown', { attempted, failed: 'no worker finished this step in time' });
  }
  return problem('Internal', { attempted, failed: cause?.message ?? error.message });
}
