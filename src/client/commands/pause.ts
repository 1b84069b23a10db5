import type { Command } from 'commander';
import type { Session } from '../session';
import { deliver, operationNamed } from './messages';
import { senderOf, withSender } from './shared';

/** `pxm pause <operation>`: nothing new starts. */
export function addPauseCommand(program: Command, session: Session): void {
  const command = program
    .command('pause')
    .addArgument(operationNamed())
    .summary('start nothing new; what runs is finished')
    .description('Pauses an operation: running migrations are finished, no new ones start until pxm resume.');
  withSender(command, session).action(async (operation: string) => {
    await deliver(session, operation, { name: 'pause', payload: senderOf(command) });
  });
}
