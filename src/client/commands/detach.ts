import type { Client } from '@temporalio/client';
import { exitCodes, type ExitCode } from '../../domain/exitCodes';
import { watchCommand } from '../../domain/rendering/commands';
import { readEnding } from '../operations/outcome';
import { presentEnding } from '../operations/present';
import { leaveMessage } from '../operations/send';
import type { Session } from '../session';

/** What `pxm evacuate --detach` was given. */
export interface DetachOptions {
  /** The hash of the plan that is approved in advance. */
  readonly approve?: string | undefined;
  readonly by: string;
  readonly dryRun: boolean;
}

/**
 * Leaves an operation that was just started to itself. An approval given in advance is left as a signal: it is kept
 * until there is a plan, and counts only if the plan has this hash. An operation that has ended before it came, for
 * example because the node was empty, is shown with its report, and the exit code fits that.
 */
export async function leaveToItself(
  session: Session,
  client: Client,
  workflowId: string,
  { approve, by, dryRun }: DetachOptions,
): Promise<ExitCode> {
  if (approve !== undefined) {
    const payload = { planHash: approve, by };
    const isOpen = await leaveMessage(client, workflowId, { name: 'approve', payload });
    if (!isOpen) return presentEnding(session, workflowId, await readEnding(client, workflowId));
  }
  const lines = [
    `Started ${workflowId}.`,
    ...(approve === undefined ? [] : [approvedText(approve)]),
    dryRun
      ? `It ends after the plan. See it: ${watchCommand(workflowId)}`
      : `Follow it: ${watchCommand(workflowId)}`,
  ];
  session.output.result({ workflowId, exitCode: exitCodes.done }, lines.join('\n'));
  return exitCodes.done;
}

function approvedText(hash: string): string {
  return `The plan is approved by itself if its hash is ${hash}, and no other; else it waits for approval.`;
}
