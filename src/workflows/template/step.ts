import { problem, problemText, type Problem } from '../../domain/errors';
import type { RunbookStepResult } from '../../domain/runbookReport';
import type { TaskBegun, TasksBefore } from '../../domain/template/step';
import type { Attempt } from '../shared/credentials';
import { mayBegin } from '../shared/mayBegin';
import { over, recordOf, type NewStep } from '../shared/records';
import type { OpenStep } from '../shared/state';
import { stepsAround, type StepAmongOthers } from '../shared/stepsAround';
import { stepRun, untilDone, type StepFailure, type StepRun } from '../shared/stepRun';
import { watchTask } from '../shared/watchTask';
import { activities } from '../shared/calls';
import type { TemplateRun } from './run';

/** A step of the frame as it runs. */
export type FrameStep = StepRun<RunbookStepResult>;

/** A step of the frame: what it is called, and one try of it. */
export interface FrameWork extends Pick<NewStep, 'id' | 'title' | 'kind' | 'vmid'> {
  /** Undefined: done. */
  readonly tryOnce: (step: FrameStep) => Promise<StepFailure | undefined>;
  /** True: it is not begun any more. */
  readonly ended: () => boolean;
}

/** Runs a step of the frame until it is done or a person ends it. True if it is done, or was passed over. */
export async function runFrameStep(
  { operation }: TemplateRun,
  { tryOnce, ended, ...wanted }: FrameWork,
): Promise<boolean> {
  const fresh: NewStep = { ...wanted, target: 'template', settledTasks: [] };
  const record = recordOf(operation.state.steps, fresh, () => false);
  if (!over.has(record.phase)) {
    if (!(await mayBegin(operation, record, ended))) return false;
    const step = stepRun(operation, record);
    step.phase('starting');
    await untilDone(
      step,
      () => tryOnce(step),
      () => stopTask(step),
    );
  }
  return record.phase === 'done' || record.phase === 'skipped';
}

/** Whether a person has ended the operation. */
export function isCancelled({ operation: { state } }: TemplateRun): boolean {
  return state.cancel !== undefined;
}

/** The question after a failure of the frame. */
export function failedFrame(
  step: StepAmongOthers & Pick<FrameStep, 'record'>,
  it: Problem,
  choices: StepFailure['choices'],
): StepFailure {
  return {
    kind: 'stepFailed',
    title: `${step.record.title}: failed`,
    problem: it,
    seen: `${stepsAround(step)} ${problemText(it)}`.slice(0, 1000),
    choices,
  };
}

/** While something is made: it can be taken away again. */
export const whileMade: StepFailure['choices'] = ['retry', 'cleanup', 'abort'];

/** Begins a task of the frame; `options` belong to the call of its activity. */
export type BeginTask = (options: { readonly summary: string }, before: TasksBefore) => Promise<TaskBegun>;

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

/** What is known before the next call: only the very first has nothing to look for, whyever the ones after it are made. */
export type BeforeCall = () => TasksBefore;

/** Calls that begin a task, as the step makes them: one, and again where nothing came of it. */
export type Call = (before: BeforeCall) => Promise<Attempt<TaskBegun>>;

function callOf(step: FrameStep, begin: BeginTask): Call {
  const { title } = step.record;
  return (before) => step.attempt(title, () => begin({ summary: title.slice(0, 180) }, before()));
}

/** Begins a task (or finds its goal reached) and follows it to its end. */
export async function oneTask(
  run: TemplateRun,
  step: FrameStep,
  begin: Call,
  choices: StepFailure['choices'],
): Promise<StepFailure | undefined> {
  const { record } = step;
  if (record.upid === undefined) {
    const begun = await begin(() => {
      const before = tasksBefore(run, record);
      record.outlook = 'adopt';
      return before;
    });
    if (!begun.ok) return failedFrame(step, begun.problem, choices);
    if (begun.value.kind === 'done') {
      if (begun.value.isAbsent === true) keepAbsent(step);
      return undefined;
    }
    record.upid = begun.value.upid;
  }
  step.phase('running');
  const { stallAfterMs } = run.plan.times;
  const verdict = await watchTask(step, { title: record.title, upid: record.upid, stallAfterMs });
  switch (verdict.kind) {
    case 'ended':
      return undefined;
    case 'failed':
      return failedFrame(step, verdict.problem, choices);
    case 'stalled':
      return { ...failedFrame(step, verdict.problem, ['wait', 'abortMigration', 'abort']), kind: 'stalled' };
    case 'interrupted':
      return failedFrame(step, interruption(record), choices);
  }
}

/** Nothing had to be done, and nothing was: the report says so. */
function keepAbsent(step: FrameStep): void {
  step.keep({ outcome: 'done', reason: 'it was not there', captures: { wasThere: false } });
}

/** Begins tasks one after the other until the goal is reached. */
async function tasksUntilDone(
  run: TemplateRun,
  step: FrameStep,
  begin: Call,
  choices: StepFailure['choices'],
): Promise<StepFailure | undefined> {
  const { record } = step;
  for (;;) {
    const failure = await oneTask(run, step, begin, choices);
    if (failure !== undefined || record.upid === undefined) return failure;
    record.settledTasks = [...record.settledTasks, record.upid];
    delete record.upid;
    delete record.taskEnded;
  }
}

/** Those of before the operation, and those of its other steps: a template's clones all have its own VMID. */
function tasksBefore({ operation: { state } }: TemplateRun, record: OpenStep): TasksBefore {
  const others = state.steps.filter(({ id }) => id !== record.id);
  const settledTasks = [
    ...new Set([
      ...Object.values(state.knownTasks).flat(),
      ...record.settledTasks,
      ...others.flatMap(({ upid, settledTasks }) => [
        ...(upid === undefined ? [] : [upid]),
        ...settledTasks.filter((task) => task.startsWith('UPID:')),
      ]),
    ]),
  ];
  return { settledTasks, ...(record.outlook === undefined ? { isFirst: true } : {}) };
}

function interruption({ title }: OpenStep): Problem {
  return problem('Interrupted', {
    attempted: title,
    failed: 'it was interrupted because the operation is being ended',
  });
}

async function stopTask(step: FrameStep): Promise<void> {
  const { upid } = step.record;
  if (upid !== undefined)
    await step.attempt('stop the task', () => activities.runbookChanges.abortTask({ upid }));
}
