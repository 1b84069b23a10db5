import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  isCancellation,
  patched,
} from '@temporalio/workflow';
import type { ErrorCode } from '../../domain/errors';
import type { RunbookStepResult } from '../../domain/runbookReport';
import type { Attempt } from '../shared/credentials';
import { interrupted } from './call';
import type { StepRun } from '../shared/stepRun';

/** The step that asks, and what it is called. */
export interface Asking {
  readonly step: StepRun<RunbookStepResult>;
  readonly round: { readonly title: string };
}

/** Nothing was executed: the same may be asked again. */
const notExecuted: ReadonlySet<ErrorCode> = new Set([
  'NodeUnreachable',
  'SshUnreachable',
  'NoQuorum',
  'Interrupted',
]);

const mostTries = 6;
const waitMs = 2_000;

/** Of calls that read: the report comes only once what they began has ended. */
export const untilEnded = {
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
} as const;

/** Runs from before did not end their readings: theirs are replayed as they were. */
const readsEndToo = 'abort-ends-reads';

/** Calls an activity that Temporal repeats by itself. */
export function askPatiently<T>({ round, step }: Asking, call: () => Promise<T>): Promise<Attempt<T>> {
  return step.attempt(round.title, call);
}

/** The same, for a reading that may last: `abort` ends it. Call it with `untilEnded`. */
export function askUntilAborted<T>(run: Asking, call: () => Promise<T>): Promise<Attempt<T>> {
  return stoppable(run, call, () => patched(readsEndToo));
}

/**
 * Calls an activity that is tried once: again only where it was certainly not executed. A person who ends the run with
 * `abort` ends the call: what it does is stopped, as far as it can be.
 */
export async function askOnce<T>(run: Asking, call: () => Promise<T>): Promise<Attempt<T>> {
  const { state } = run.step.operation;
  for (let tries = 1; ; tries += 1) {
    const answer = await stoppable(run, call);
    if (answer.ok || !notExecuted.has(answer.problem.code)) return answer;
    if (tries >= mostTries || state.cancel !== undefined) return answer;
    await condition(() => state.cancel !== undefined, tries * waitMs, {
      summary: `waits to try again: ${run.round.title}`.slice(0, 180),
    });
  }
}

async function stoppable<T>(
  run: Asking,
  call: () => Promise<T>,
  mayStop: () => boolean = () => true,
): Promise<Attempt<T>> {
  const { state } = run.step.operation;
  const scope = new CancellationScope({ cancellable: true });
  const waiting: { over: boolean } = { over: false };
  const result = scope
    .run(() => run.step.attempt(run.round.title, call))
    .finally(() => (waiting.over = true));
  // Whoever awaits `result` sees its failure.
  result.catch(() => undefined);
  await condition(() => waiting.over || state.cancel?.running === 'abort');
  if (!waiting.over && mayStop()) scope.cancel();
  try {
    return await result;
  } catch (error) {
    if (isCancellation(error)) return { ok: false, problem: interrupted(run) };
    throw error;
  }
}
