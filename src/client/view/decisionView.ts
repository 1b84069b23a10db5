import {
  whatReplaceDoes,
  type Decision,
  type DecisionChoice,
  type DecisionKind,
} from '../../domain/decision';
import type { AnyPlan } from '../../domain/operation';
import { problemLines } from '../../domain/rendering/problemLines';
import { decideCommand } from '../../domain/rendering/commands';
import { printable } from '../../domain/rendering/text';
import type { Question } from '../operations/questions';
import type { Output } from '../output';

const meanings: Readonly<Record<DecisionChoice, string>> = {
  retry: 'try again',
  replan: 'plan what is left anew; the new plan needs a new approval',
  skip: 'leave this one out and go on with the others',
  replace: whatReplaceDoes,
  abort: 'end the operation; what runs is finished, then the report',
  wait: 'wait on',
  abortMigration: 'abort this migration and look at both nodes',
  done: 'it is done: go on with the runbook',
  run: 'do exactly what is shown',
  cleanup: 'end it here and clean up what was begun',
};

const noMoreCredentials =
  "wait for no credentials any more; what can't be followed without them goes on in Proxmox, and the report names it";

/** The words that a person may answer decisions with. */
export const choiceWords: readonly string[] = Object.keys(meanings);

/** What a choice does, for people; it depends on what is asked. */
export function choiceMeaning(choice: DecisionChoice, kind: DecisionKind): string {
  return choice === 'abort' && kind === 'credentials' ? noMoreCredentials : meanings[choice];
}

/** What every choice does, one a line. */
export function choiceLines(): string[] {
  const lines = Object.entries(meanings).map(([choice, meaning]) => `${choice}: ${meaning}`);
  return [...lines, `abort, asked about credentials: ${noMoreCredentials}`];
}

/** An open decision: what was attempted, what failed, what the cluster shows, what can be chosen. */
export function decisionView(output: Output, decision: Decision): string {
  const { bold, yellow } = output.colors;
  const choices = decision.choices.map((it) => `${it}: ${choiceMeaning(it, decision.kind)}`);
  return [
    yellow(bold(`Decision ${decision.id}: ${printable(decision.title)}`)),
    ...problemLines(decision.problem).map((line) => `  ${line}`),
    `  Now:       ${printable(decision.seen)}`,
    // On a terminal the prompt below offers them.
    ...(output.interactive ? [] : choices.map((it) => `  Choice:    ${it}`)),
  ].join('\n');
}

/**
 * What an operation waits for, and what that holds up. Each machine of a cluster has steps of its own: a question of one step
 * leaves the others alone.
 */
export function decisionWaits(
  { decision, alsoOpen = [] }: Extract<Question, { kind: 'decision' }>,
  operation: AnyPlan['operation'] | undefined,
): string {
  const also = alsoOpen.length === 0 ? '' : ` (also open: ${alsoOpen.map(({ id }) => id).join(', ')})`;
  const areOfSteps = [decision, ...alsoOpen].every(({ stepId }) => stepId !== undefined);
  const others =
    operation === 'changeCluster' && areOfSteps
      ? 'what does not depend on it goes on'
      : 'nothing new starts before that';
  return `The operation waits for decision ${decision.id}${also}; ${others}.`;
}

/** The commands that answer a decision, one for each choice. */
export function decisionCommands(workflowId: string, decision: Decision): string[] {
  return decision.choices.map((choice) => decideCommand(workflowId, decision.id, choice));
}
