import { WorkflowNotFoundError } from '@temporalio/common';
import { ManagerError } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { formatTime } from '../../domain/rendering/sizes';
import type { Session } from '../session';
import { exitCodeOfEnding, type Ending } from './outcome';
import { savedReport } from './reportFiles';

/** The newest saved report of an operation, with the exit code that is true of it. */
export interface SavedEnding {
  readonly ending: Extract<Ending, { readonly kind: 'report' }>;
  readonly exitCode: ExitCode;
}

/**
 * What the state folder still tells of an operation that Temporal was asked about in vain, and says which of both
 * it is: forgotten, or not reached. While Temporal can't be reached nobody knows what is open, so the exit code is
 * never that of a success. Throws what was asked in vain if nothing is saved.
 */
export function savedInstead(session: Session, workflowId: string, error: unknown): SavedEnding {
  const forgotten = error instanceof WorkflowNotFoundError;
  const report = forgotten || error instanceof ManagerError ? savedReport(workflowId) : undefined;
  if (report === undefined) throw error;
  const ending = { kind: 'report' as const, report };
  const saved = `the report saved in the state folder, of ${formatTime(report.endedAt)}`;
  if (forgotten) {
    session.output.note(`Temporal has forgotten the operation; this is ${saved}.`);
    return { ending, exitCode: exitCodeOfEnding(ending) };
  }
  session.output.note(
    `Temporal can't be reached, so it is not known what is open now. This is ${saved}; a newer operation may be under way. Start the server: pxm up`,
  );
  return { ending, exitCode: exitCodes.incomplete };
}
