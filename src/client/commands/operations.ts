import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { z } from 'zod';
import { ManagerError } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { formatBetween, formatTime } from '../../domain/rendering/sizes';
import { listOfReports, listOfTemporal, queuesWithoutWorker, type ListedOperation } from '../operations/list';
import type { Session } from '../session';
import { sayIfSlow } from '../slow';
import { table } from '../view/table';
import { examples, noAnswerYet, positiveInteger } from './shared';

/** `pxm operations`: open and recent operations. */
export function addOperationsCommand(program: Command, session: Session): void {
  const command = program
    .command('operations')
    .summary('list open and recent operations')
    .description(
      'Lists open operations and recent ones, newest first: where each is and what it waits for, and whether a worker is there for them. Operations that Temporal has forgotten are listed from their saved reports; while Temporal can not be reached these are all, and the exit code is 1.',
    )
    .option('--open', 'only those that have not ended')
    .option('--limit <n>', 'at most so many', positiveInteger, 30);
  examples(command, [['pxm operations --open', 'what runs or waits now']]).action(async () => {
    session.exitCode = await listOperations(session, options.parse(command.opts()));
  });
}

const options = z.object({ open: z.boolean().default(false), limit: z.number() });
type ListOptions = z.infer<typeof options>;

async function listOperations(session: Session, { open, limit }: ListOptions): Promise<ExitCode> {
  let client: Client;
  try {
    client = await session.client();
  } catch (error) {
    if (open || !(error instanceof ManagerError) || error.code !== 'TemporalUnreachable') throw error;
    return listSavedOnly(session, limit, error);
  }
  const known = await listOfTemporal(client, open, limit);
  const saved = open ? [] : listOfReports(known.runs);
  const operations = newest([...known.operations, ...saved], limit);
  const asked = queuesWithoutWorker(client, operations);
  const withoutWorker = await sayIfSlow(session.output, noAnswerYet, asked);
  const none = open ? 'No operation is open.' : 'There are no operations.';
  const document = { operations, queuesWithoutWorker: withoutWorker, exitCode: exitCodes.done };
  session.output.result(document, operations.length === 0 ? none : rendered(session, operations));
  for (const queue of withoutWorker) session.output.note(noWorkerText(queue));
  return exitCodes.done;
}

/** Nobody knows now what is open, so this is no success. */
function listSavedOnly(session: Session, limit: number, { problem }: ManagerError): ExitCode {
  const operations = newest(listOfReports([]), limit);
  const exitCode = exitCodes.incomplete;
  session.output.note(
    [
      "Temporal can't be reached, so it is not known what is open now: only saved reports of operations that have ended are listed.",
      `  ${problem.attempted}: ${problem.failed}`,
      `  ${problem.remedy}`,
    ].join('\n'),
  );
  session.output.result(
    { operations, onlySavedReports: true, error: problem, exitCode },
    operations.length === 0 ? 'There are no saved reports.' : rendered(session, operations),
  );
  return exitCode;
}

function noWorkerText(queue: string): string {
  return `No worker answers on the task queue ${queue}: its open operations wait, nothing is lost. Start one with the configuration of that cluster: pxm up (one machine) or pxm worker (beside a Temporal server).`;
}

function newest(operations: readonly ListedOperation[], limit: number): ListedOperation[] {
  return operations.toSorted((one, other) => other.startedAt.localeCompare(one.startedAt)).slice(0, limit);
}

function rendered(session: Session, operations: readonly ListedOperation[]): string {
  const columns = ['operation', 'node', 'status', 'phase', 'outcome', 'waits for', 'started', 'took'];
  return table(
    session.output,
    // For a file or a program nothing is wrapped: an ID in two lines is found by nobody.
    columns.map((title) => ({
      title,
      gives: title === 'operation' && session.output.terminalColumns !== undefined,
    })),
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
