import { InvalidArgumentError, type Command } from 'commander';
import { shownPlanHashLength } from '../../domain/names';
import type { Session } from '../session';
import { deliver, operationNamed } from './messages';
import { examples, senderOf, withSender } from './shared';

/** `pxm approve <operation> <hash>`: approves exactly one plan. */
export function addApproveCommand(program: Command, session: Session): void {
  const command = program
    .command('approve')
    .addArgument(operationNamed())
    .argument('<hash>', `the ${shownPlanHashLength} characters that the plan shows`, planHash)
    .summary('approve exactly one plan')
    .description(
      'Approves the plan with this hash, and no other: should the plan have changed meanwhile, it is refused. pxm watch <operation> shows the plan.',
    );
  examples(withSender(command, session), [
    ['pxm approve pve01 1f0c3a5b7d9e', 'approve the plan of emptying pve01'],
    ['pxm approve pve01 1f0c3a5b7d9e --comment CHG-17', 'with a word for the report'],
  ]).action(async (operation: string, hash: string) => {
    await deliver(session, operation, { name: 'approve', payload: { planHash: hash, ...senderOf(command) } });
  });
}

function planHash(text: string): string {
  const hash = text.toLowerCase();
  if (/^[0-9a-f]{12,64}$/.test(hash)) return hash;
  throw new InvalidArgumentError(
    `It must be at least the ${shownPlanHashLength} hexadecimal characters that the plan shows.`,
  );
}
