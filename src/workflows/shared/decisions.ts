import { condition } from '@temporalio/workflow';
import type { Decision, DecisionAnswer, DecisionChoice } from '../../domain/decision';
import { Carried, carryWanted } from './carry';
import { now, recordAction, type Operation } from './operation';
import type { OperationPlan } from './state';

/** A question before it has an ID and a time. */
export type Question = Omit<Decision, 'id' | 'openedAt' | 'answer'>;

/** Opens a decision and returns its ID. */
export function openDecision(operation: Operation<OperationPlan, unknown>, question: Question): string {
  const id = `d${operation.state.decisions.length + 1}`;
  operation.state.decisions.push({ ...question, id, openedAt: now() });
  operation.changed();
  return id;
}

/** Answers a decision; false if it had this answer already. */
export function answerDecision(
  operation: Operation<OperationPlan, unknown>,
  id: string,
  answer: Omit<DecisionAnswer, 'at'>,
): boolean {
  const { decisions } = operation.state;
  const index = decisions.findIndex((decision) => decision.id === id);
  const decision = decisions[index];
  if (decision === undefined || decision.answer !== undefined) return false;
  decisions[index] = { ...decision, answer: { ...answer, at: now() } };
  recordAction(operation, {
    message: 'decide',
    by: answer.by,
    about: `${id}: ${answer.choice}`,
    ...(answer.comment === undefined ? {} : { comment: answer.comment }),
  });
  operation.changed();
  return true;
}

function answerOf(operation: Operation<OperationPlan, unknown>, id: string): DecisionAnswer | undefined {
  return operation.state.decisions.find((decision) => decision.id === id)?.answer;
}

/**
 * Waits until the decision is answered, as long as it takes. A cancelled operation answers it by itself, and so does
 * a new plan asked for elsewhere: what is left is decided there. Only with one of its own choices: a migration that
 * runs is waited for or aborted, whatever becomes of the operation.
 */
export async function awaitAnswer(
  operation: Operation<OperationPlan, unknown>,
  id: string,
): Promise<DecisionChoice> {
  const { state, definition } = operation;
  const carry = () => carryWanted(definition.historyEventLimit);
  const implied = () => impliedAnswer(operation, id);
  await condition(() => answerOf(operation, id) !== undefined || implied() !== undefined || carry());
  const answer = answerOf(operation, id);
  if (answer !== undefined) return answer.choice;
  const choice = implied();
  if (choice === undefined) throw new Carried();
  answerDecision(operation, id, { choice, by: state.cancel?.by ?? 'proxmox-manager' });
  return choice;
}

/** The choice that a cancel or a wanted new plan makes for everybody. */
function impliedAnswer({ state }: Operation<OperationPlan, unknown>, id: string): DecisionChoice | undefined {
  const wanted: readonly DecisionChoice[] = [
    ...(state.cancel === undefined ? [] : (['abort'] as const)),
    ...(state.cancel?.running === 'abort' ? (['abortMigration'] as const) : []),
    ...(state.replanWanted ? (['replan'] as const) : []),
  ];
  const choices = state.decisions.find((decision) => decision.id === id)?.choices ?? [];
  return wanted.find((choice) => choices.includes(choice));
}

/** Opens a decision and waits for its answer. */
export async function stopAndAsk(
  operation: Operation<OperationPlan, unknown>,
  question: Question,
): Promise<DecisionChoice> {
  return awaitAnswer(operation, openDecision(operation, question));
}
