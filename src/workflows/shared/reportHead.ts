import { workflowInfo } from '@temporalio/workflow';
import type { OperationOutcome, OperationReport } from '../../domain/operationReport';
import { now } from './operation';
import type { OperationPlan, OperationState } from './state';

/** What the reports of all operations have beside how they ended. */
export type ReportHead = Omit<OperationReport, 'outcome' | 'summary' | 'problem'>;

/** The part of a report that is the same for every operation; `request` is what it was started with. */
export function reportHead(
  state: OperationState<OperationPlan & Pick<ReportHead, 'warnings'>, unknown>,
  request: { readonly cluster?: string; readonly requestedBy?: string },
): ReportHead {
  const { plan, startedAt, actions, decisions } = state;
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return {
    cluster: plan?.cluster ?? request.cluster ?? '',
    ...{ workflowId, firstExecutionRunId },
    ...(request.requestedBy === undefined ? {} : { requestedBy: request.requestedBy }),
    ...{ startedAt, endedAt: now() },
    ...(plan === undefined ? {} : { planHash: plan.hash }),
    ...{ actions, decisions, warnings: plan?.warnings ?? [] },
  };
}

/** The summary of an operation that has done nothing; undefined for one that has begun. */
export function summaryOfNothing(outcome: OperationOutcome): string | undefined {
  switch (outcome) {
    case 'planned':
      return 'Only planned: nothing was done.';
    case 'rejected':
      return 'The plan was rejected: nothing was done.';
    case 'expired':
      return 'The plan expired without an approval: nothing was done.';
    case 'refused':
      return 'It could not begin: nothing was done.';
    default:
      return undefined;
  }
}
