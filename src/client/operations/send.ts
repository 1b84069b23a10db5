import {
  type Client,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { present } from '../../config/present';
import { problem, type Problem } from '../../domain/errors';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import type {
  ApproveMessage,
  CancelMessage,
  DecideMessage,
  MessageAnswer,
  PauseMessage,
  RejectMessage,
} from '../../domain/messages';
import { watchCommand } from '../../domain/rendering/commands';
import { exitCodeOfProblem, isUnanswered, problemOfFailure } from '../failures';
import { readOutcome } from './outcome';
import { workerPatienceMs } from './read';

/** One of the six messages with its payload. */
export type Message =
  | { readonly name: 'approve'; readonly payload: ApproveMessage }
  | { readonly name: 'reject'; readonly payload: RejectMessage }
  | { readonly name: 'decide'; readonly payload: DecideMessage }
  | { readonly name: 'pause' | 'resume'; readonly payload: PauseMessage }
  | { readonly name: 'cancel'; readonly payload: CancelMessage };

/** What became of a message. */
export type Sent =
  | { readonly accepted: true; readonly via: 'update' | 'signal'; readonly text: string }
  | { readonly accepted: false; readonly problem: Problem; readonly exitCode: ExitCode };

/**
 * Sends a message as an update, which is validated and answered; if no worker answers within 5 s, as a signal,
 * which is kept until one does. Should both arrive, the second changes nothing. With `firstRunId` the update reaches only
 * the operation that began with it: another one of this ID may have begun since. Throws WorkflowNotFoundError if there is
 * no such operation.
 */
export async function sendMessage(
  client: Client,
  workflowId: string,
  message: Message,
  firstRunId?: string,
): Promise<Sent> {
  const handle = client.workflow.getHandle(
    workflowId,
    undefined,
    present({ firstExecutionRunId: firstRunId }),
  );
  const attempted = `${message.name} ${workflowId}`;
  try {
    const answer = await client.withDeadline(Date.now() + workerPatienceMs, () =>
      handle.executeUpdate<MessageAnswer, [Message['payload']]>(message.name, { args: [message.payload] }),
    );
    return { accepted: true, via: 'update', text: answer.text };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      const refusal = refusalOf(message, workflowId, problemOfFailure(error.cause, attempted));
      return { accepted: false, problem: refusal, exitCode: exitCodeOfProblem(refusal) };
    }
    if (error instanceof WorkflowNotFoundError)
      return refuseClosed(client, workflowId, attempted, firstRunId);
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) && !isUnanswered(error)) throw error;
  }
  if (!(await leaveMessage(client, workflowId, message)))
    return refuseClosed(client, workflowId, attempted, firstRunId);
  const text = `No worker answered within 5 s, so the message was left as a signal: Temporal keeps it, and the operation reads it once a worker runs (pxm up, or pxm worker). Whether it was accepted shows then: pxm watch ${workflowId}`;
  return { accepted: true, via: 'signal', text };
}

/** A decision or a choice that does not fit: what is asked now is what helps, not the help of the command. */
function refusalOf({ name }: Message, workflowId: string, refused: Problem): Problem {
  // The operation does not name itself.
  const refusal = refused.attempted === name ? { ...refused, attempted: `${name} ${workflowId}` } : refused;
  if (name !== 'decide' || refusal.code !== 'InputInvalid') return refusal;
  return { ...refusal, remedy: `What it asks now, and with which choices: ${watchCommand(workflowId)}` };
}

/**
 * Leaves a message as a signal, which is kept until a worker reads it. False: no such operation is open (it may have
 * ended since).
 */
export async function leaveMessage(client: Client, workflowId: string, message: Message): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).signal<[Message['payload']]>(message.name, message.payload);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** The operation has ended: say how. Throws WorkflowNotFoundError if there never was one. */
async function refuseClosed(
  client: Client,
  workflowId: string,
  attempted: string,
  firstRunId: string | undefined,
): Promise<Sent> {
  const outcome = await readOutcome(client, workflowId, firstRunId);
  const refusal = problem('NotFound', {
    attempted,
    failed: `the operation has ended (${outcome})`,
    remedy: `Its report: pxm report ${workflowId}`,
  });
  const notApproved = outcome === 'rejected' || outcome === 'expired';
  return {
    accepted: false,
    exitCode: notApproved ? exitCodes.notApproved : exitCodeOfProblem(refusal),
    problem: refusal,
  };
}
