import { ManagerError, problem } from '../../domain/errors';

/** A request that can't be planned. */
export function refusal(attempted: string, failed: string, remedy: string): ManagerError {
  return new ManagerError(problem('InputInvalid', { attempted, failed, remedy }));
}
