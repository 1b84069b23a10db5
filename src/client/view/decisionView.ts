import type { Decision, DecisionChoice } from '../../domain/decision';
import { problemLines } from '../../domain/rendering/problemLines';
import { decideCommand } from '../../domain/rendering/commands';
import { printable } from '../../domain/rendering/text';
import type { Output } from '../output';

/** What each choice does, for people. */
export const choiceMeanings: Readonly<Record<DecisionChoice, string>> = {
  retry: 'try again',
  replan: 'plan what is left anew; the new plan needs a new approval',
  skip: 'leave this guest where it is and go on with the others',
  abort: 'end the operation; what runs is finished, then the report',
  wait: 'wait on',
  abortMigration: 'abort this migration and look at both nodes',
};

/** An open decision: what was attempted, what failed, what the cluster shows, what can be chosen. */
export function decisionView(output: Output, decision: Decision): string {
  const { bold, yellow } = output.colors;
  return [
    yellow(bold(`Decision ${decision.id}: ${printable(decision.title)}`)),
    ...problemLines(decision.problem).map((line) => `  ${line}`),
    `  Now:       ${printable(decision.seen)}`,
    // On a terminal the prompt below offers them.
    ...(output.interactive ? [] : decision.choices.map((it) => `  Choice:    ${it}: ${choiceMeanings[it]}`)),
  ].join('\n');
}

/** The commands that answer a decision, one for each choice. */
export function decisionCommands(workflowId: string, decision: Decision): string[] {
  return decision.choices.map((choice) => decideCommand(workflowId, decision.id, choice));
}
