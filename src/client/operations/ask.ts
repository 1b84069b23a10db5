import type { Client } from '@temporalio/client';
import { choose } from '../view/prompt';
import { choiceMeaning } from '../view/decisionView';
import type { Session } from '../session';
import { questionOf, sameQuestion, type Question } from './questions';
import { sendMessage, type Message } from './send';
import { takeSnapshot, type OperationSnapshot } from './snapshot';

/** What became of a question: answered (by us or somebody else), or left open. */
export type Answered = 'answered' | 'left';

/** The operation that asks: another one of its ID may begin while a person thinks. */
export type Asker = Pick<OperationSnapshot, 'workflowId' | 'firstRunId'>;

/** Asks the person at the terminal and sends the answer. */
export async function askPerson(
  session: Session,
  client: Client,
  { workflowId, firstRunId }: Asker,
  question: Question,
  by: string,
): Promise<Answered> {
  const stillAsked = async () => {
    const now = await takeSnapshot(client, workflowId);
    return now.firstRunId === firstRunId && sameQuestion(questionOf(now), question);
  };
  const message = await answerTo(session, question, by, stillAsked);
  if (message === 'left') return 'left';
  if (message === 'settled') {
    session.output.note('It was answered elsewhere meanwhile.');
    return 'answered';
  }
  const sent = await sendMessage(client, workflowId, message, firstRunId);
  if (sent.accepted) session.output.note(sent.text);
  else session.output.failure(sent.problem, sent.exitCode);
  return 'answered';
}

async function answerTo(
  session: Session,
  question: Question,
  by: string,
  stillAsked: () => Promise<boolean>,
): Promise<Message | 'left' | 'settled'> {
  if (question.kind === 'approval') {
    const choices = [
      { value: 'approve', name: 'Approve exactly this plan: it is carried out' },
      { value: 'reject', name: 'Reject it: the operation ends, nothing is changed' },
      { value: 'left', name: 'Decide later: the plan waits' },
    ] as const;
    const text = `What about plan ${question.shownHash}?`;
    const choice = await choose(session, text, choices, stillAsked);
    if (choice === 'approve') return { name: choice, payload: { planHash: question.shownHash, by } };
    return choice === 'reject' ? { name: choice, payload: { by } } : choice;
  }
  const { decision } = question;
  const choices = [
    ...decision.choices.map((value) => ({ value, name: `${value}: ${choiceMeaning(value, decision.kind)}` })),
    { value: 'left' as const, name: 'later: leave the decision open' },
  ];
  const choice = await choose(session, `Decision ${decision.id}`, choices, stillAsked);
  if (choice === 'left' || choice === 'settled') return choice;
  return { name: 'decide', payload: { decisionId: decision.id, choice, by } };
}
