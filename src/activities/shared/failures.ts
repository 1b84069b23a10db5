import { ApplicationFailure } from '@temporalio/common';
import { ManagerError } from '../../domain/errors';

/**
 * The one mapper from the project's errors to Temporal's: the code becomes the failure's type, the problem its
 * detail, and the table of codes decides about retries. Anything else is passed on as it is.
 */
export function toFailure(error: unknown): unknown {
  return error instanceof ManagerError ? failureOf(error, error.retryable) : error;
}

/** The same for an activity that only waits for something to become right: Temporal tries it again in any case. */
export function toRetriedFailure(error: unknown): unknown {
  return error instanceof ManagerError ? failureOf(error, true) : error;
}

/** The same for what nobody wants any more, whatever the table of codes says: Temporal does not try it again. */
export function toFinalFailure(error: ManagerError): ApplicationFailure {
  return failureOf(error, false);
}

function failureOf(error: ManagerError, retryable: boolean): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !retryable,
    details: [error.problem],
  });
}
