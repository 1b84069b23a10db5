import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { Command } from 'commander';
import { z } from 'zod';
import { ManagerError } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { workflowTypes } from '../../domain/names';
import { formatBetween, formatTime } from '../../domain/rendering/sizes';
import type { EvacuationReport } from '../../domain/report';
import { readEnding } from '../operations/outcome';
import { keywordOf } from '../operations/searchAttributes';
import { reportFiles } from '../operations/reportFiles';
import type { Session } from '../session';
import { table } from '../view/table';
import { examples, positiveInteger } from './shared';

/** `pxm operations`: open and recent operations. */
export function addOperationsCommand(program: Command, session: Session): void {
  const command = program
    .command('operations')
    .summary('list open and recent operations')
    .description(
      'Lists open operations and recent ones, newest first: where each is and what it waits for. Operations that Temporal has forgotten are listed from their saved reports.',
    )
    .option('--open', 'only those that have not ended')
    .option('--limit <n>', 'at most so many', positiveInteger, 30);
  examples(command, [['pxm operations --open', 'what runs or waits now']]).action(async () => {
    session.exitCode = await listOperations(session, options.parse(command.opts()));
  });
}

const options = z.object({ open: z.boolean().default(false), limit: z.number() });

/** One line of the list. */
interface ListedOperation {
  readonly workflowId: string;
  readonly node: string;
  /** Temporal's status in lower case; `saved` if only the report is left. */
  readonly status: string;
  readonly phase: string;
  /** How it ended, e.g. `done`; absent while it is open. */
  readonly outcome?: string;
  readonly waitingFor: string;
  readonly startedAt: string;
  readonly endedAt?: string;
}

async function listOperations(session: Session, { open, limit }: z.infer<typeof options>): Promise<ExitCode> {
  const known = await fromTemporal(session, open, limit);
  const runs = new Set(known.runs);
  const saved = open ? [] : reportFiles().filter((report) => !runs.has(report.firstExecutionRunId));
  const operations = [...known.operations, ...saved.map(ofReport)]
    .sort((one, other) => other.startedAt.localeCompare(one.startedAt))
    .slice(0, limit);
  const text = operations.length === 0 ? 'There are no operations.' : rendered(session, operations);
  session.output.result({ operations, exitCode: exitCodes.done }, text);
  return exitCodes.done;
}

/** Saved reports are listed also while no server runs. */
async function fromTemporal(
  session: Session,
  open: boolean,
  limit: number,
): Promise<{ readonly operations: readonly ListedOperation[]; readonly runs: readonly string[] }> {
  let client: Client;
  try {
    client = await session.client();
  } catch (error) {
    if (open || !(error instanceof ManagerError)) throw error;
    session.output.note(`${error.message}. Only saved reports are listed.`);
    return { operations: [], runs: [] };
  }
  const query = `WorkflowType = '${workflowTypes.evacuateNode}'${open ? " AND ExecutionStatus = 'Running'" : ''}`;
  const operations: ListedOperation[] = [];
  const runs: string[] = [];
  for await (const execution of client.workflow.list({ query })) {
    // An earlier run of one operation: it goes on in the next one.
    if (execution.status.name === 'CONTINUED_AS_NEW') continue;
    operations.push(await withOutcome(client, execution));
    runs.push(execution.raw.firstRunId ?? execution.runId, execution.runId);
    if (operations.length >= limit) break;
  }
  return { operations, runs };
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
    node: keywordOf(execution, 'PveNode') ?? '',
    status: execution.status.name.toLowerCase(),
    phase: keywordOf(execution, 'PvePhase') ?? '',
    waitingFor: execution.closeTime === undefined ? (keywordOf(execution, 'PveWaitingFor') ?? '') : '',
    startedAt: execution.startTime.toISOString(),
    ...(execution.closeTime === undefined ? {} : { endedAt: execution.closeTime.toISOString() }),
  };
}

function ofReport(report: EvacuationReport): ListedOperation {
  const { workflowId, node, startedAt, endedAt, outcome } = report;
  return { workflowId, node, status: 'saved', phase: 'closed', outcome, waitingFor: '', startedAt, endedAt };
}

function rendered(session: Session, operations: readonly ListedOperation[]): string {
  const columns = ['operation', 'node', 'status', 'phase', 'outcome', 'waits for', 'started', 'took'];
  return table(
    session.output,
    columns.map((title) => ({ title, gives: title === 'operation' })),
    operations.map((it) => [
      it.workflowId,
      it.node,
      it.status,
      it.phase,
      it.outcome ?? '',
      it.waitingFor === 'nothing' ? '' : it.waitingFor,
      formatTime(it.startedAt),
      it.endedAt === undefined ? '' : formatBetween(it.startedAt, it.endedAt),
    ]),
  );
}
