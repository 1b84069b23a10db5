import { Argument, Option, type Command } from 'commander';
import { z } from 'zod';
import { exitCodes } from '../../domain/exitCodes';
import { workflowIdOf } from '../operations/address';
import { sendMessage, type Message } from '../operations/send';
import type { Session } from '../session';
import { sayIfSlow } from '../slow';
import { noAnswerYet, operationArgument } from './shared';

/** Sends a message to the operation a person named, and shows what became of it. */
export async function deliver(session: Session, operation: string, message: Message): Promise<void> {
  const workflowId = await workflowIdOf(operation, session);
  const client = await session.client();
  const sent = await sayIfSlow(session.output, noAnswerYet, sendMessage(client, workflowId, message));
  if (sent.accepted) {
    const document = { workflowId, message: message.name, via: sent.via, text: sent.text };
    session.output.result({ ...document, exitCode: exitCodes.done }, sent.text);
    return;
  }
  session.exitCode = sent.exitCode;
  session.output.failure(sent.problem, sent.exitCode);
}

/** The argument that names an operation. */
export function operationNamed(): Argument {
  return new Argument('<operation>', operationArgument);
}

/** `--abort-running` of `pxm cancel`. */
export const abortRunning = new Option(
  '--abort-running',
  'abort running migrations instead of letting them finish; their guests stay where they are',
);

/** Reads {@link abortRunning}. */
export function runningOf(command: Command): 'finish' | 'abort' {
  const { abortRunning: abort } = z
    .object({ abortRunning: z.boolean().default(false) })
    .parse(command.opts());
  return abort ? 'abort' : 'finish';
}
