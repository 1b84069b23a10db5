import type { StepDone } from '../../activities/runbook/contract';
import { problem } from '../../domain/errors';
import { judge } from '../../domain/runbook/judge';
import type { Attempt } from '../shared/credentials';
import type { StepFailure } from '../shared/stepRun';
import { capturesFit, fittingOutput } from './budget';
import { failed, shownWith } from './questions';
import type { RoundRun } from './run';

/** Keeps what a round answered; the question where it is not what was expected. */
export function settleAnswer(run: RoundRun, answer: Attempt<StepDone>): StepFailure | undefined {
  return answer.ok ? settleDone(run, answer.value) : failed(run, answer.problem);
}

/** See settleAnswer. */
export function settleDone(run: RoundRun, done: StepDone): StepFailure | undefined {
  const { exitCode, status } = done;
  const others = Object.fromEntries(
    Object.entries(run.step.operation.state.results).filter(([id]) => id !== run.record.id),
  );
  const isTooMuch = !capturesFit(others, done.captures);
  const captures = isTooMuch ? {} : done.captures;
  const unmet = isTooMuch ? [...done.unmet, 'less to capture in all steps together'] : done.unmet;
  const output = fittingOutput(others, done.output);
  const isCut = done.isCut || output.length < done.output.length;
  run.step.keep({
    outcome: 'done',
    captures,
    ...(output === '' ? {} : { output }),
    ...(isCut ? { isCut } : {}),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(status === undefined ? {} : { status }),
  });
  if (unmet.length === 0) return undefined;
  return failed(
    run,
    problem('NotAsExpected', {
      attempted: shownWith(run).slice(0, 2000),
      failed: `expected: ${unmet.join('; ')}`,
      ...(output === '' ? {} : { logTail: output.split('\n').slice(-10) }),
    }),
  );
}

/** The answer of a request that began a task, or of a wait on one: judged here, where it is known how the task ended. */
export function settleTask(run: RoundRun, text: string, logTail: readonly string[]): StepFailure | undefined {
  const { planned } = run.round;
  const verdict = judge(planned, { status: 200, text, output: text }, run.values);
  return settleDone(run, { ...verdict, output: [text, ...logTail].join('\n'), isCut: false, status: 200 });
}
