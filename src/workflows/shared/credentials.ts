import { CancellationScope, condition } from '@temporalio/workflow';
import type { Problem } from '../../domain/errors';
import { activities } from './calls';
import { Carried, carryWanted } from './carry';
import { cancelOperation } from './cancel';
import { answerDecision, openDecision, type Question } from './decisions';
import { isAboutCredentials, problemOf } from './failures';
import type { Operation } from './operation';
import { openDecisions, type OperationPlan } from './state';

/** What a call to an activity ended with: its value, or a problem that is not about credentials. */
export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

type AnyOperation = Operation<OperationPlan, unknown>;

/**
 * So often in a row a call is made again by itself because its credentials seem to work; then something is wrong
 * that trying can't see, and a person is asked. It bounds the history too.
 */
const automaticAnswers = 3;

/**
 * Calls an activity. Missing or refused credentials are no failure of the step: the operation waits until they
 * work again (or a person answers), then calls again. Any other failure is returned as a problem.
 * `attempted` tells one call from another: each has its own count of refusals.
 */
export async function attempt<T>(
  operation: AnyOperation,
  attempted: string,
  call: () => Promise<T>,
): Promise<Attempt<T>> {
  for (;;) {
    try {
      const value = await call();
      forgetRefusals(operation, attempted);
      if (!operation.probesCredentials) closeOrphanedQuestion(operation);
      return { ok: true, value };
    } catch (error) {
      const it = problemOf(error, attempted);
      if (!isAboutCredentials(it)) {
        forgetRefusals(operation, attempted);
        return { ok: false, problem: it };
      }
      const goOn = await waitForCredentials(operation, attempted, it);
      if (!goOn) return { ok: false, problem: it };
    }
  }
}

/** The call was let through: a question about it that a former run of the workflow left open is answered. */
function forgetRefusals(operation: AnyOperation, attempted: string): void {
  const { state } = operation;
  const refusals = state.credentialRefusals.find((each) => each.attempted === attempted);
  if (refusals === undefined) return;
  state.credentialRefusals = state.credentialRefusals.filter((each) => each !== refusals);
  if (refusals.decisionId !== undefined) answerDecision(operation, refusals.decisionId, worksAgain);
}

/** A former run of the workflow asked and handed over while it waited; this one found the credentials working. */
function closeOrphanedQuestion(operation: AnyOperation): void {
  const id = sharedQuestion(operation);
  if (id !== undefined) answerDecision(operation, id, worksAgain);
}

/** The open question that goes on by itself: all calls that were refused wait for it. Those left to a person are apart. */
function sharedQuestion({ state }: AnyOperation): string | undefined {
  return openDecisions(state).find(
    ({ id, kind }) =>
      kind === 'credentials' && state.credentialRefusals.every(({ decisionId }) => decisionId !== id),
  )?.id;
}

const worksAgain = {
  choice: 'retry',
  by: 'proxmox-manager',
  comment: 'the credentials work again',
} as const;

/** False if the operation was cancelled meanwhile. All calls that wait share one decision and one probe, as long as that helps. */
async function waitForCredentials(operation: AnyOperation, attempted: string, it: Problem): Promise<boolean> {
  const { state, definition } = operation;
  const before = state.credentialRefusals.find((each) => each.attempted === attempted);
  const count = before?.automaticAnswers ?? 0;
  const isLeftToPerson = count >= automaticAnswers;
  const id = isLeftToPerson
    ? (before?.decisionId ?? openDecision(operation, questionForPerson(attempted, it)))
    : (sharedQuestion(operation) ?? openDecision(operation, question(it)));
  if (isLeftToPerson) keepRefusals(operation, attempted, count, id);
  const answer = () => state.decisions.find((decision) => decision.id === id)?.answer;
  const over = () =>
    answer() !== undefined || state.cancel !== undefined || carryWanted(definition.historyEventLimit);

  if (isLeftToPerson || operation.probesCredentials) await condition(over);
  else await probeUntil(operation, id, it, over);

  if (state.cancel !== undefined) {
    answerDecision(operation, id, { choice: 'abort', by: state.cancel.by });
    return false;
  }
  const given = answer();
  if (given === undefined) throw new Carried();
  const isAutomatic = given.comment === worksAgain.comment && given.by === worksAgain.by;
  keepRefusals(operation, attempted, isAutomatic ? count + 1 : 0);
  if (given.choice === 'abort') cancelOperation(operation, 'finish', given.by);
  return given.choice !== 'abort';
}

/** Replaces what is known of the refusals of a call. */
function keepRefusals({ state }: AnyOperation, attempted: string, count: number, decisionId?: string): void {
  const others = state.credentialRefusals.filter((each) => each.attempted !== attempted);
  const kept = { attempted, automaticAnswers: count, ...(decisionId === undefined ? {} : { decisionId }) };
  state.credentialRefusals = count === 0 ? others : [...others, kept];
}

function question(it: Problem): Question {
  return {
    kind: 'credentials',
    title: 'The credentials do not work; the operation waits for them',
    problem: it,
    seen: 'Running migrations go on; nothing new starts. It goes on by itself once they work.',
    choices: ['retry', 'abort'],
  };
}

function questionForPerson(attempted: string, it: Problem): Question {
  return {
    kind: 'credentials',
    title: `The credentials work, but are refused again and again: ${attempted}`,
    problem: it,
    seen:
      `Each time they were tried, ${automaticAnswers} times in a row, they worked, and then this was refused. ` +
      'Running migrations go on; nothing new starts. It does not go on by itself: retry once the cause is found.',
    choices: ['retry', 'abort'],
  };
}

/**
 * Lets an activity try the credentials, where they were refused, until they work; that answers the decision like a
 * person would. If the activity itself gives up, the decision stays open for a person.
 */
async function probeUntil(
  operation: AnyOperation,
  id: string,
  refused: Problem,
  over: () => boolean,
): Promise<void> {
  operation.probesCredentials = true;
  const scope = new CancellationScope({ cancellable: true });
  const probe = scope
    .run(() => activities.credentialWaits.awaitCredentials({ refused }))
    .then(
      () => {
        answerDecision(operation, id, worksAgain);
      },
      () => undefined,
    );
  try {
    await condition(over);
  } finally {
    scope.cancel();
    await probe;
    operation.probesCredentials = false;
  }
}
