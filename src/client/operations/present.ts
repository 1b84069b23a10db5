import type { Client } from '@temporalio/client';
import type { Problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import type { AnyPlan, AnyReport } from '../../domain/operation';
import { approveCommand, rejectCommand, shellWord, watchCommand } from '../../domain/rendering/commands';
import { anyReportText } from '../../domain/rendering/anyReport';
import { exitCodeOfProblem, Interrupted } from '../failures';
import type { Session } from '../session';
import { decisionCommands, decisionWaits } from '../view/decisionView';
import { followOperation, type Followed, type FollowOptions } from './follow';
import { exitCodeOfEnding, type Ending } from './outcome';
import type { Question } from './questions';

/** Follows an operation and says how it ended, or how to go on; the exit code fits that. */
export async function followAndPresent(
  session: Session,
  client: Client,
  workflowId: string,
  options: FollowOptions,
): Promise<ExitCode> {
  let followed: Followed;
  try {
    followed = await followOperation(session, client, workflowId, options);
  } catch (error) {
    if (!(error instanceof Interrupted) && !session.interrupted.aborted) throw error;
    return presentLeft(session, workflowId);
  }
  if (followed.kind === 'waits') return presentWaiting(session, workflowId, followed);
  return presentEnding(session, workflowId, followed.ending, followed.plan);
}

/** Shows how an operation ended. */
export function presentEnding(
  session: Session,
  workflowId: string,
  ending: Ending,
  plan?: unknown,
  exitCode: ExitCode = exitCodeOfEnding(ending),
): ExitCode {
  if (ending.kind === 'failure') {
    session.output.result({ workflowId, plan }, '');
    session.output.failure(ending.problem, exitCode);
    return exitCode;
  }
  const { report } = ending;
  const text = report.outcome === 'planned' ? plannedOnly(report.operation) : anyReportText(report);
  session.output.result({ workflowId, plan, report, exitCode }, text);
  return exitCode;
}

function plannedOnly(operation: AnyReport['operation']): string {
  const way = operation === 'runRunbook' ? 'With pxm runbook run' : 'Without --dry-run';
  return `Only the plan was asked for; nothing was changed. ${way} it is made anew and then waits for approval.`;
}

function presentWaiting(
  session: Session,
  workflowId: string,
  { question, plan, planBefore, otherPlan }: Extract<Followed, { kind: 'waits' }>,
): ExitCode {
  if (otherPlan !== undefined) return presentOtherPlan(session, workflowId, otherPlan, plan);
  const exitCode = exitCodes.waitsForPerson;
  const commands = commandsFor(workflowId, question);
  const what = question.kind === 'approval' ? waitsForApproval : decisionWaits(question, plan?.operation);
  const document = { workflowId, plan, planBefore, waitingFor: question, commands, exitCode };
  session.output.result(document, lines(what, commands));
  return exitCode;
}

/** Who gave the hash of another plan is to look at this one first: no command with its hash is handed out. */
function presentOtherPlan(
  session: Session,
  workflowId: string,
  refusal: Problem,
  plan: AnyPlan | undefined,
): ExitCode {
  const exitCode = exitCodeOfProblem(refusal);
  const commands = [rejectCommand(workflowId), watchCommand(workflowId)];
  const document = { workflowId, plan, waitingFor: { kind: 'approval' }, commands, exitCode };
  session.output.result(document, lines(waitsForApproval, commands));
  session.output.failure(refusal, exitCode);
  return exitCode;
}

const waitsForApproval = 'The operation waits for approval; nothing is changed before that.';

function lines(what: string, commands: readonly string[]): string {
  return [what, ...commands.map((it) => `  ${it}`)].join('\n');
}

function commandsFor(workflowId: string, question: Question): string[] {
  const answers =
    question.kind === 'approval'
      ? [approveCommand(workflowId, question.shownHash), rejectCommand(workflowId)]
      : decisionCommands(workflowId, question.decision);
  return [...answers, watchCommand(workflowId)];
}

function presentLeft(session: Session, workflowId: string): ExitCode {
  const exitCode = exitCodes.interrupted;
  const id = shellWord(workflowId);
  const text = [
    'Left: the operation goes on without you.',
    `  come back:       ${watchCommand(workflowId)}`,
    `  start no more:   pxm pause ${id}`,
    `  end it:          pxm cancel ${id}`,
  ].join('\n');
  session.output.result({ workflowId, interrupted: true, exitCode }, '');
  session.output.note(text);
  return exitCode;
}
