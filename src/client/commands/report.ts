import { Option, type Command } from 'commander';
import { z } from 'zod';
import { ManagerError, problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { anyPlanMarkdown } from '../../domain/rendering/anyPlanMarkdown';
import { anyReportMarkdown, anyReportText } from '../../domain/rendering/anyReport';
import type { AnyReport } from '../../domain/operation';
import { workflowIdOf } from '../operations/address';
import { planFromHistory } from '../operations/history';
import { exitCodeOfEnding, readEnding, type Ending } from '../operations/outcome';
import { savedInstead } from '../operations/savedInstead';
import { takeSnapshot, type OperationSnapshot } from '../operations/snapshot';
import type { Session } from '../session';
import { sayIfSlow } from '../slow';
import { decisionView } from '../view/decisionView';
import { anyPlanView } from '../view/anyPlanView';
import { planBeforeLines, planBeforeOf } from '../view/planBeforeLines';
import { retryLine } from '../view/retryLine';
import { waitingLine } from '../view/waitingLine';
import { operationNamed } from './messages';
import { examples, noAnswerYet } from './shared';

/** `pxm report <operation>`: what became of each guest; of an open operation, its plan and where it is. */
export function addReportCommand(program: Command, session: Session): void {
  const command = program
    .command('report')
    .addArgument(operationNamed())
    .summary('what became of each guest, and why')
    .description(
      'Prints the report of an operation that has ended, with the exit code that fits its outcome; of an open one, its plan and where it is. Needs no worker; where Temporal has forgotten the operation, the report saved in the state folder is used.',
    )
    .addOption(
      new Option('--format <format>', 'how; not text or markdown with --json')
        .choices(['text', 'markdown', 'json'])
        .default('text'),
    );
  examples(command, [
    ['pxm report pve01', 'of the last evacuation of pve01'],
    ['pxm report pve01 --format markdown > report.md', 'for a ticket'],
  ]).action(async (operation: string) => {
    const { format } = options.parse(command.opts());
    if (session.output.json && command.getOptionValueSource('format') === 'cli') requireJson(format);
    session.exitCode = await report(session, operation, format);
  });
}

const options = z.object({ format: z.enum(['text', 'markdown', 'json']) });
type Format = z.infer<typeof options>['format'];

function requireJson(format: Format): void {
  if (format === 'json') return;
  throw new ManagerError(
    problem('InputInvalid', {
      attempted: 'print the report',
      failed: `--format ${format} contradicts --json, which prints one JSON document`,
      remedy: 'Leave one of both out.',
    }),
  );
}

async function report(session: Session, operation: string, format: Format): Promise<ExitCode> {
  const workflowId = await workflowIdOf(operation, session);
  const found = await find(session, workflowId);
  if ('closed' in found) return presentOpen(session, found, format);
  const { ending, exitCode } = found;
  if (ending.kind === 'failure') session.output.failure(ending.problem, exitCode);
  else session.output.result(ending.report, rendered(ending.report, format));
  return exitCode;
}

interface FoundEnding {
  readonly ending: Ending;
  readonly exitCode: ExitCode;
}

/** The ending; the present state if there is none yet. Throws what Temporal said if nothing is saved either. */
async function find(session: Session, workflowId: string): Promise<FoundEnding | OperationSnapshot> {
  try {
    const client = await session.client();
    const snapshot = await sayIfSlow(session.output, noAnswerYet, takeSnapshot(client, workflowId));
    if (!snapshot.closed) return snapshot;
    const ending = await readEnding(client, workflowId, snapshot.firstRunId);
    return { ending, exitCode: exitCodeOfEnding(ending) };
  } catch (error) {
    return savedInstead(session, workflowId, error);
  }
}

function rendered(it: AnyReport, format: Format): string {
  switch (format) {
    case 'text':
      return anyReportText(it);
    case 'markdown':
      return anyReportMarkdown(it);
    case 'json':
      return JSON.stringify(it, undefined, 2);
  }
}

async function presentOpen(session: Session, snapshot: OperationSnapshot, format: Format): Promise<ExitCode> {
  const { output } = session;
  const { workflowId, runId, progress, openDecisions, retries } = snapshot;
  const plan = await planFromHistory(await session.client(), workflowId, runId);
  const waits = openDecisions.length > 0 || progress?.waitingFor === 'approval';
  const exitCode = waits ? exitCodes.waitsForPerson : exitCodes.done;
  const document = { workflowId, open: true, progress, openDecisions, retries, plan, exitCode };
  const shownPlan = (it: NonNullable<typeof plan>) =>
    format === 'markdown' ? anyPlanMarkdown(it, workflowId) : anyPlanView(output, it);
  const before = plan === undefined || progress === undefined ? undefined : planBeforeOf(plan, progress);
  const why = plan === undefined ? [] : planBeforeLines(plan, before);
  const parts = [
    [`${workflowId} has not ended. ${waitingLine(snapshot)}`, ...retries.map(retryLine)].join('\n'),
    ...openDecisions.map((decision) => decisionView(output, decision)),
    ...(why.length === 0 ? [] : [why.join(format === 'markdown' ? '\n\n' : '\n')]),
    ...(plan === undefined ? ['There is no plan yet.'] : [shownPlan(plan)]),
  ];
  output.result(document, format === 'json' ? JSON.stringify(document, undefined, 2) : parts.join('\n\n'));
  return exitCode;
}
