import { condition } from '@temporalio/workflow';
import type { Poll } from '../../domain/runbook/plan';
import { activities } from '../shared/calls';
import { Carried, carryWanted } from '../shared/carry';
import type { StepFailure } from '../shared/stepRun';
import { callOf, interrupted, isCleanupAfterAll } from './call';
import { askUntilAborted, untilEnded } from './once';
import { failed } from './questions';
import type { RoundRun } from './run';
import { settleAnswer } from './settle';

const defaultTimeoutMs = 10 * 60_000;

/** Asks again and again, with durable timers in between, until the expectations are met or the time is over. */
export async function pollRound(run: RoundRun, poll: Poll): Promise<StepFailure | undefined> {
  const { state, definition } = run.step.operation;
  const { options, args } = callOf(run);
  const untilMs = begunMs(run) + (run.round.planned.timeoutMs ?? defaultTimeoutMs);
  const carry = () => carryWanted(definition.historyEventLimit);
  const isCleanup = isCleanupAfterAll(run);
  const isEnding = () => (isCleanup ? state.cancel?.running === 'abort' : state.cancel !== undefined);
  for (;;) {
    const answer = await askUntilAborted(run, () =>
      activities.runbookReads.readStep.executeWithOptions({ ...options, ...untilEnded }, [args]),
    );
    const failure = settleAnswer(run, answer);
    if (failure === undefined) return undefined;
    if (isEnding() && (isCleanup || !run.round.planned.cleanup)) return failed(run, interrupted(run));
    if (Date.now() >= untilMs) return overdue(run, poll, failure);
    if (carry()) throw new Carried();
    await condition(() => isEnding() || carry(), Math.min(poll.everyMs, untilMs - Date.now()), {
      summary: `asks again soon: ${run.round.title}`.slice(0, 180),
    });
  }
}

/** After an answered question the whole time counts anew. */
function begunMs({ record, step }: RoundRun): number {
  const answered = step.operation.state.decisions.findLast(
    ({ stepId, answer }) => stepId === record.id && answer !== undefined,
  );
  return Date.parse(answered?.answer?.at ?? record.openedAt ?? '') || Date.now();
}

function overdue(run: RoundRun, { onTimeout }: Poll, failure: StepFailure): StepFailure | undefined {
  switch (onTimeout) {
    case 'fail':
      return failure;
    case 'ask':
      return { ...failure, choices: ['wait', ...failure.choices] };
    case 'continue':
      run.step.warn(`${run.round.title}: ${failure.problem.failed} in time; the runbook says to go on.`);
      return undefined;
  }
}
