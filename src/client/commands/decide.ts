import { Argument, type Command } from 'commander';
import type { DecisionChoice } from '../../domain/decision';
import type { Session } from '../session';
import { choiceLines, choiceWords } from '../view/decisionView';
import { deliver, operationNamed } from './messages';
import { examples, senderOf, withSender } from './shared';

/** `pxm decide <operation> <decision> <choice>`: answers an open decision. */
export function addDecideCommand(program: Command, session: Session): void {
  const meanings = choiceLines().map((line) => `  ${line}`);
  const command = program
    .command('decide')
    .addArgument(operationNamed())
    .argument('<decision>', 'its ID, e.g. d1')
    .addArgument(new Argument('<choice>', 'one of those that the decision offers').choices(choiceWords))
    .summary('answer an open decision')
    .description('Answers a decision that an operation waits for. pxm watch <operation> shows what it asks.')
    .addHelpText('after', `\nChoices:\n${meanings.join('\n')}`);
  examples(withSender(command, session), [
    ['pxm decide pve01 d1 retry', 'try the failed step again'],
    ['pxm decide pve01 d1 replan', 'plan what is left anew'],
  ]).action(async (operation: string, decisionId: string, choice: DecisionChoice) => {
    const payload = { decisionId, choice, ...senderOf(command) };
    await deliver(session, operation, { name: 'decide', payload });
  });
}
