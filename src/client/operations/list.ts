import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import pLimit from 'p-limit';
import { operationTypes } from '../../domain/names';
import type { AnyReport } from '../../domain/operation';
import { readEnding } from './outcome';
import { readProgress } from './read';
import { reportFiles } from './reportFiles';
import { keywordOf } from './searchAttributes';

/** One operation of a list. */
export interface ListedOperation {
  readonly workflowId: string;
  readonly cluster: string;
  readonly node: string;
  /** Temporal's status in lower case; `saved` if only the report is left. */
  readonly status: string;
  readonly phase: string;
  /** How it ended, e.g. `done`; absent while it is open. */
  readonly outcome?: string;
  readonly waitingFor: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Where its workers poll; absent where only the report is left. */
  readonly taskQueue?: string;
}

/** What Temporal lists, and the run IDs by which saved reports of the same operations are known. */
export interface TemporalList {
  readonly operations: readonly ListedOperation[];
  readonly runs: readonly string[];
}

/** Histories read at the same time: enough to hide the way to a far server, few enough for a small one. */
const outcomesAtOnce = 10;

/** Operations that Temporal knows, newest first; `open`: only those that have not ended. */
export async function listOfTemporal(client: Client, open: boolean, limit: number): Promise<TemporalList> {
  const query = `WorkflowType IN (${operationTypes.map((type) => `'${type}'`).join(', ')})${open ? " AND ExecutionStatus = 'Running'" : ''}`;
  const executions: WorkflowExecutionInfo[] = [];
  for await (const execution of client.workflow.list({ query })) {
    // An earlier run of one operation: it goes on in the next one.
    if (execution.status.name === 'CONTINUED_AS_NEW') continue;
    executions.push(execution);
    if (executions.length >= limit) break;
  }
  const operations = await pLimit(outcomesAtOnce).map(executions, (it) => withOutcome(client, it));
  return { operations, runs: executions.flatMap((it) => [it.raw.firstRunId ?? it.runId, it.runId]) };
}

/** Operations of which only the report in the state folder is left: none of these runs. */
export function listOfReports(knownRuns: readonly string[]): ListedOperation[] {
  const known = new Set(knownRuns);
  return reportFiles()
    .filter((report) => !known.has(report.firstExecutionRunId))
    .map(ofReport);
}

/**
 * The task queues on which an open operation gets no answer from any worker within 5 s. Asked is an operation, not
 * Temporal's list of pollers: that one names a dead worker for minutes.
 */
export async function queuesWithoutWorker(
  client: Client,
  operations: readonly ListedOperation[],
): Promise<string[]> {
  const open = operations.filter((it) => it.status === 'running');
  const oneOfEach = new Map(open.map((it) => [it.taskQueue, it.workflowId]));
  const asked = await Promise.all(
    [...oneOfEach].map(async ([queue, workflowId]) => ({
      queue,
      // One that has ended meanwhile, or fails its query in another way, says nothing of workers.
      answered: await readProgress(client, workflowId).then(
        (progress) => progress !== undefined,
        () => true,
      ),
    })),
  );
  return asked.flatMap(({ queue, answered }) => (queue === undefined || answered ? [] : [queue]));
}

/** The outcome is in the result; runs of one ID are told apart by their run ID. */
async function withOutcome(client: Client, execution: WorkflowExecutionInfo): Promise<ListedOperation> {
  const listed = ofExecution(execution);
  if (execution.status.name !== 'COMPLETED') return listed;
  const ending = await readEnding(client, execution.workflowId, execution.runId);
  return ending.kind === 'report' ? { ...listed, outcome: ending.report.outcome } : listed;
}

function ofExecution(execution: WorkflowExecutionInfo): ListedOperation {
  return {
    workflowId: execution.workflowId,
    cluster: keywordOf(execution, 'PveCluster') ?? '',
    node: keywordOf(execution, 'PveNode') ?? '',
    status: execution.status.name.toLowerCase(),
    phase: keywordOf(execution, 'PvePhase') ?? '',
    waitingFor: execution.closeTime === undefined ? (keywordOf(execution, 'PveWaitingFor') ?? '') : '',
    startedAt: execution.startTime.toISOString(),
    taskQueue: execution.taskQueue,
    ...(execution.closeTime === undefined ? {} : { endedAt: execution.closeTime.toISOString() }),
  };
}

function ofReport(report: AnyReport): ListedOperation {
  const { workflowId, cluster, startedAt, endedAt, outcome } = report;
  const node = report.operation === 'evacuateNode' ? report.node : '';
  const ended = { status: 'saved', phase: 'closed', outcome, waitingFor: '' };
  return { workflowId, cluster, node, ...ended, startedAt, endedAt };
}
