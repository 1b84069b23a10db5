import { ApplicationFailure } from '@temporalio/common';
import { ManagerError } from '../../domain/errors';

/**
 * The one mapper from the project's errors to Temporal's: the code becomes the failure's type, the problem its
 * detail, and the table of codes decides about retries. Anything else is passed on as it is.
 */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof ManagerError)) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !error.retryable,
    details: [error.problem],
  });
}
