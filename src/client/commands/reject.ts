import type { Command } from 'commander';
import type { Session } from '../session';
import { deliver, operationNamed } from './messages';
import { senderOf, withSender } from './shared';

/** `pxm reject <operation>`: rejects the plan that waits. */
export function addRejectCommand(program: Command, session: Session): void {
  const command = program
    .command('reject')
    .addArgument(operationNamed())
    .summary('reject the plan: the operation ends, nothing is changed')
    .description('Rejects the plan that waits for approval: the operation ends without a change.');
  withSender(command, session).action(async (operation: string) => {
    await deliver(session, operation, { name: 'reject', payload: senderOf(command) });
  });
}
