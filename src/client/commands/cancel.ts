import type { Command } from 'commander';
import type { Session } from '../session';
import { abortRunning, deliver, operationNamed, runningOf } from './messages';
import { examples, senderOf, withSender } from './shared';

/** `pxm cancel <operation>`: ends an operation, with a report. */
export function addCancelCommand(program: Command, session: Session): void {
  const command = program
    .command('cancel')
    .addArgument(operationNamed())
    .summary('end an operation; what runs is finished, or aborted')
    .description(
      'Ends an operation: nothing new starts, running migrations are finished (or aborted), then the report says where each guest is. While it waits for working credentials less is possible; the answer says what happens then.',
    )
    .addOption(abortRunning);
  examples(withSender(command, session), [
    ['pxm cancel pve01', 'finish what runs, then end'],
    ['pxm cancel pve01 --abort-running', 'abort what runs, then end'],
  ]).action(async (operation: string) => {
    const payload = { running: runningOf(command), ...senderOf(command) };
    await deliver(session, operation, { name: 'cancel', payload });
  });
}
