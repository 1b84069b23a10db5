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
 * Waits until the decision is answered, as long as it takes. A cancelled operation answers it with `abort`,
 * a new plan asked for elsewhere with `replan`: what is left is decided there.
 */
export async function awaitAnswer(
  operation: Operation<OperationPlan, unknown>,
  id: string,
): Promise<DecisionChoice> {
  const { state, definition } = operation;
  const carry = () => carryWanted(definition.historyEventLimit);
  await condition(
    () =>
      answerOf(operation, id) !== undefined || state.cancel !== undefined || state.replanWanted || carry(),
  );
  const answer = answerOf(operation, id);
  if (answer !== undefined) return answer.choice;
  if (state.cancel !== undefined) return closeDecision(operation, id, 'abort', state.cancel.by);
  if (state.replanWanted) return closeDecision(operation, id, 'replan', 'proxmox-manager');
  throw new Carried();
}

function closeDecision(
  operation: Operation<OperationPlan, unknown>,
  id: string,
  choice: DecisionChoice,
  by: string,
): DecisionChoice {
  answerDecision(operation, id, { choice, by });
  return choice;
}

/** Opens a decision and waits for its answer. */
export async function stopAndAsk(
  operation: Operation<OperationPlan, unknown>,
  question: Question,
): Promise<DecisionChoice> {
  return awaitAnswer(operation, openDecision(operation, question));
}
