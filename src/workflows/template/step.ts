import {
  callOf,
  oneTask,
  runFrameStep,
  tasksUntilDone,
  type BeginTask,
  type FrameWork,
} from '../shared/frameStep';
import type { StepFailure } from '../shared/stepRun';
import type { TemplateRun } from './run';

/** While something is made: it can be taken away again. */
export const whileMade: StepFailure['choices'] = ['retry', 'cleanup', 'abort'];

/** A step of the frame that begins a task. */
export interface TaskWork extends Omit<FrameWork, 'tryOnce'> {
  readonly begin: BeginTask;
  /** Begun again after each task until its goal is reached. */
  readonly untilDone?: true;
  /** What a person may choose after a failure. Default: what can be chosen while something is made. */
  readonly choices?: StepFailure['choices'];
}

/** Runs a step that begins a task (or finds its goal reached), and follows it to its end. */
export function runTaskStep(
  run: TemplateRun,
  { begin, untilDone: isRepeated, choices = whileMade, ...work }: TaskWork,
): Promise<boolean> {
  const follow = isRepeated === true ? tasksUntilDone : oneTask;
  return runFrameStep(run, {
    ...work,
    tryOnce: (step) => follow(run, step, callOf(step, begin), choices),
  });
}
