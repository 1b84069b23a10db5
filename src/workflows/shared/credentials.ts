import { condition } from '@temporalio/workflow';
import { isAboutCredentials, type Problem } from '../../domain/errors';
import { Carried, carryWanted } from './carry';
import { probeUntil, worksAgain } from './credentialProbe';
import { questionForAll, questionForPerson } from './credentialQuestions';
import { answerDecision, openDecision } from './decisions';
import { problemOf } from './failures';
import type { Operation } from './operation';
import { automaticAnswers, keepRefusals, letThroughMs, refusalsOf } from './refusals';
import { openDecisions, type OperationPlan } from './state';

/** What a call to an activity ended with: its value, or a problem that is not about credentials. */
export type Attempt<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

type AnyOperation = Operation<OperationPlan, unknown>;

/**
 * Calls an activity. Missing or refused credentials are no failure of the step: the operation waits until they
 * work again (or a person answers), then calls again. Any other failure is returned as a problem, and so is the
 * refusal if the operation is cancelled: with `finish` only where nothing `isBegun` that has to be followed to its end.
 * `attempted` tells one call from another: each has its own count of refusals.
 */
export async function attempt<T>(
  operation: AnyOperation,
  attempted: string,
  call: () => Promise<T>,
  isBegun: () => boolean = () => false,
): Promise<Attempt<T>> {
  for (;;) {
    const calledAtMs = Date.now();
    try {
      const value = await call();
      forgetRefusals(operation, attempted, worksAgain.comment);
      if (operation.credentials.waiting === 0) closeOrphanedQuestion(operation);
      return { ok: true, value };
    } catch (error) {
      const it = problemOf(error, attempted);
      if (operation.definition.isAboutCredentials === true || !isAboutCredentials(it)) {
        forgetRefusals(operation, attempted, 'it was not refused again, but failed for another reason');
        return { ok: false, problem: it };
      }
      if (Date.now() - calledAtMs > letThroughMs) forgetRefusals(operation, attempted, worksAgain.comment);
      const goOn = await waitForCredentials(operation, attempted, it, isBegun);
      if (!goOn) return { ok: false, problem: it };
    }
  }
}

/** The call was not refused: a question about it that a former run of the workflow left open is answered. */
function forgetRefusals(operation: AnyOperation, attempted: string, comment: string): void {
  const refusals = refusalsOf(operation.state, attempted);
  if (refusals === undefined) return;
  keepRefusals(operation.state, attempted, 0);
  if (refusals.decisionId !== undefined)
    answerDecision(operation, refusals.decisionId, { ...worksAgain, comment });
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

/** False if it is not to be called again. All calls that wait share one decision and one probe, as long as that helps. */
async function waitForCredentials(
  operation: AnyOperation,
  attempted: string,
  it: Problem,
  isBegun: () => boolean,
): Promise<boolean> {
  const { state, definition, credentials } = operation;
  const isGivenUp = () => {
    const { cancel } = state;
    return (
      cancel !== undefined && (cancel.running === 'abort' || cancel.credentialsGivenUp === true || !isBegun())
    );
  };
  const before = refusalsOf(state, attempted);
  if (isGivenUp()) return giveUp(operation, before?.decisionId);
  const count = before?.automaticAnswers ?? 0;
  const isLeftToPerson = count >= automaticAnswers;
  const id = isLeftToPerson
    ? (before?.decisionId ?? openDecision(operation, questionForPerson(attempted, it)))
    : (sharedQuestion(operation) ?? openDecision(operation, questionForAll(it)));
  if (isLeftToPerson) keepRefusals(state, attempted, count, id);
  const answer = () => state.decisions.find((decision) => decision.id === id)?.answer;
  const over = () => answer() !== undefined || isGivenUp() || carryWanted(definition.historyEventLimit);

  let hasProbed = false;
  credentials.waiting += 1;
  try {
    if (isLeftToPerson) await condition(over);
    // Who probes may give up before the others: then another one goes on.
    while (!over()) {
      hasProbed = !credentials.probing;
      if (hasProbed) await probeUntil(operation, id, it, over);
      else await condition(() => over() || !credentials.probing);
    }
  } finally {
    credentials.waiting -= 1;
  }

  if (isGivenUp()) return giveUp(operation, isLeftToPerson ? id : undefined);
  const given = answer();
  if (given === undefined) throw new Carried();
  const isAutomatic = given.comment === worksAgain.comment && given.by === worksAgain.by;
  // Where another call's node was tried, that says nothing of this one's.
  if (!isAutomatic) keepRefusals(state, attempted, 0);
  else if (hasProbed) keepRefusals(state, attempted, count + 1);
  return given.choice !== 'abort';
}

/** A cancelled operation answers the call's own question, and the shared one if nobody else waits for it. */
function giveUp(operation: AnyOperation, ownQuestion: string | undefined): false {
  const isAlone = operation.credentials.waiting === 0;
  const id = ownQuestion ?? (isAlone ? sharedQuestion(operation) : undefined);
  const by = operation.state.cancel?.by ?? worksAgain.by;
  if (id !== undefined) answerDecision(operation, id, { choice: 'abort', by });
  return false;
}
