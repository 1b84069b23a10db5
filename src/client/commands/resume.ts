import type { Command } from 'commander';
import type { Session } from '../session';
import { deliver, operationNamed } from './messages';
import { senderOf, withSender } from './shared';

/** `pxm resume <operation>`: goes on after a pause. */
export function addResumeCommand(program: Command, session: Session): void {
  const command = program
    .command('resume')
    .addArgument(operationNamed())
    .summary('go on after a pause')
    .description('Lets a paused operation go on.');
  withSender(command, session).action(async (operation: string) => {
    await deliver(session, operation, { name: 'resume', payload: senderOf(command) });
  });
}
