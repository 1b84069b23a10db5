import type { Problem } from '../../domain/errors';
import type { LeaseHolder } from '../../domain/lease';
import type { AnyReport } from '../../domain/operation';

/** For whom an activity leases or gives back. */
export interface LeaseHolderArgument {
  readonly holder: LeaseHolder;
}

/** The activities that every operation uses, as workflows see them. */
export interface OperationActivities {
  /**
   * Returns once the credentials can be read and are accepted where they were refused; fails (retryable) until then.
   */
  awaitCredentials(input: { readonly refused: Problem }): Promise<void>;
  /** Gives back everything the holder leased. Repeating it changes nothing. */
  releaseLeases(input: LeaseHolderArgument): Promise<void>;
  /** Writes the report into the state folder (atomic, 0600). Repeating it writes the same file. */
  writeReport(report: AnyReport): Promise<void>;
}
