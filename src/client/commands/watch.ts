import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { z } from 'zod';
import type { ExitCode } from '../../domain/exitCodes';
import { workflowIdOf } from '../operations/address';
import { presentEnding, followAndPresent } from '../operations/present';
import { savedInstead } from '../operations/savedInstead';
import type { Session } from '../session';
import { operationNamed } from './messages';
import { examples, whenAsked } from './shared';

/** `pxm watch <operation>`: shows the plan and follows the operation to its end. */
export function addWatchCommand(program: Command, session: Session): void {
  const command = program
    .command('watch')
    .addArgument(operationNamed())
    .summary('show the plan, follow to the end, answer what is asked')
    .description(
      'Shows the plan of an operation and follows it to its end. On a terminal it asks what the operation asks; elsewhere it exits 4 then, or stays with --wait. Ctrl-C leaves; the operation goes on.',
    )
    .option('--by <who>', 'who answers, as the report will say', session.terminal.person)
    .option('--wait', 'without a terminal: stay when a person is asked');
  examples(command, [['pxm watch pve01', 'come back to the evacuation of pve01']]).action(
    async (operation: string) => {
      session.exitCode = await watch(session, operation, options.parse(command.opts()));
    },
  );
}

const options = z.object({ by: z.string().min(1), wait: z.boolean().default(false) });

async function watch(
  session: Session,
  operation: string,
  { by, wait }: z.infer<typeof options>,
): Promise<ExitCode> {
  const workflowId = await workflowIdOf(operation, session);
  let client: Client;
  try {
    client = await session.client();
    await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    return presentSaved(session, workflowId, error);
  }
  return followAndPresent(session, client, workflowId, { whenAsked: whenAsked(session, wait), by });
}

/** Temporal is away, or has forgotten the operation: the state folder may still hold its report. */
function presentSaved(session: Session, workflowId: string, error: unknown): ExitCode {
  const { ending, exitCode } = savedInstead(session, workflowId, error);
  return presentEnding(session, workflowId, ending, undefined, exitCode);
}
