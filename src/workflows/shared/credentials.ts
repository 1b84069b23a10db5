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

/**
 * Calls an activity. Missing or refused credentials are no failure of the step: the operation waits until they
 * work again (or a person answers), then calls again. Any other failure is returned as a problem.
 */
export async function attempt<T>(
  operation: Operation<OperationPlan, unknown>,
  attempted: string,
  call: () => Promise<T>,
): Promise<Attempt<T>> {
  for (;;) {
    try {
      const value = await call();
      if (!operation.probesCredentials) closeOrphanedQuestion(operation);
      return { ok: true, value };
    } catch (error) {
      const it = problemOf(error, attempted);
      if (!isAboutCredentials(it)) return { ok: false, problem: it };
      const goOn = await waitForCredentials(operation, it);
      if (!goOn) return { ok: false, problem: it };
    }
  }
}

/** A former run of the workflow asked and handed over while it waited; this one found the credentials working. */
function closeOrphanedQuestion(operation: Operation<OperationPlan, unknown>): void {
  const open = openDecisions(operation.state).find((decision) => decision.kind === 'credentials');
  if (open !== undefined) answerDecision(operation, open.id, worksAgain);
}

const worksAgain = {
  choice: 'retry',
  by: 'proxmox-manager',
  comment: 'the credentials work again',
} as const;

/** False if the operation was cancelled meanwhile. All steps that wait share one decision and one probe. */
async function waitForCredentials(
  operation: Operation<OperationPlan, unknown>,
  it: Problem,
): Promise<boolean> {
  const { state, definition } = operation;
  const open = openDecisions(state).find((decision) => decision.kind === 'credentials');
  const id = open?.id ?? openDecision(operation, question(it));
  const answer = () => state.decisions.find((decision) => decision.id === id)?.answer;
  const over = () =>
    answer() !== undefined || state.cancel !== undefined || carryWanted(definition.historyEventLimit);

  if (operation.probesCredentials) await condition(over);
  else await probeUntil(operation, id, over);

  if (state.cancel !== undefined) {
    answerDecision(operation, id, { choice: 'abort', by: state.cancel.by });
    return false;
  }
  const given = answer();
  if (given === undefined) throw new Carried();
  if (given.choice === 'abort') cancelOperation(operation, 'finish', given.by);
  return given.choice !== 'abort';
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

/**
 * Lets an activity try the credentials until they work; that answers the decision like a person would. If the
 * activity itself gives up, the decision stays open for a person.
 */
async function probeUntil(
  operation: Operation<OperationPlan, unknown>,
  id: string,
  over: () => boolean,
): Promise<void> {
  operation.probesCredentials = true;
  const scope = new CancellationScope({ cancellable: true });
  const probe = scope
    .run(() => activities.credentialWaits.awaitCredentials())
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
