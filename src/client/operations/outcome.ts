import { type Client, WorkflowFailedError } from '@temporalio/client';
import type { Problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import type { AnyReport } from '../../domain/operation';
import { exitCodeOfProblem, problemOfFailure } from '../failures';
import { isReport } from '../shapes';

/** How a closed operation ended: with a report, or with a failure of the workflow itself. */
export type Ending =
  | { readonly kind: 'report'; readonly report: AnyReport }
  | { readonly kind: 'failure'; readonly problem: Problem };

/**
 * How the operation ended; waits until it has. Needs no worker once it is closed. With `runId`, which may be any of its
 * runs: that operation; else the newest one of this ID.
 */
export async function readEnding(client: Client, workflowId: string, runId?: string): Promise<Ending> {
  const attempted = `run the operation ${workflowId}`;
  try {
    const result: unknown = await client.workflow.getHandle(workflowId, runId).result();
    if (isReport(result)) return { kind: 'report', report: result };
    return { kind: 'failure', problem: problemOfFailure(undefined, attempted) };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { kind: 'failure', problem: problemOfFailure(error.cause, attempted) };
  }
}

/**
 * The outcome of a closed operation in one word, e.g. `rejected`; the status if it has no report. With `firstRunId`: of
 * the one that began with it, else of the newest one of this ID.
 */
export async function readOutcome(client: Client, workflowId: string, firstRunId?: string): Promise<string> {
  const { status } = await client.workflow.getHandle(workflowId, firstRunId).describe();
  if (status.name !== 'COMPLETED' && status.name !== 'CONTINUED_AS_NEW') return status.name.toLowerCase();
  const ending = await readEnding(client, workflowId, firstRunId);
  return ending.kind === 'report' ? ending.report.outcome : 'completed';
}

/** The exit code that fits how an operation ended. */
export function exitCodeOfEnding(ending: Ending): ExitCode {
  if (ending.kind === 'failure') return exitCodeOfProblem(ending.problem);
  switch (ending.report.outcome) {
    case 'done':
    case 'planned':
      return exitCodes.done;
    case 'rejected':
    case 'expired':
      return exitCodes.notApproved;
    case 'incomplete':
    case 'cancelled':
      return exitCodes.incomplete;
    case 'refused':
      return ending.report.problem === undefined
        ? exitCodes.incomplete
        : exitCodeOfProblem(ending.report.problem);
  }
}
