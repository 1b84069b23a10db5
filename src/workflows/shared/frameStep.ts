import { whatReplaceDoes } from '../../domain/decision';
import { problem, problemText, type Problem } from '../../domain/errors';
import type { RunbookStepResult } from '../../domain/runbookReport';
import type { StepPhase } from '../../domain/step';
import type { TaskBegun, TasksBefore } from '../../domain/template/step';
import { activities } from './calls';
import type { Attempt } from './credentials';
import { mayBegin } from './mayBegin';
import type { Operation } from './operation';
import { over, recordOf, type NewStep } from './records';
import type { OpenStep, OperationPlan } from './state';
import { stepRun, untilDone, type StepFailure, type StepRun } from './stepRun';
import { watchTask } from './watchTask';

/** How the steps of an operation are, where what they do is this project's own and no runbook's. */
export interface FrameRules {
  /** What records say that a step works on. */
  readonly targetOf: (step: Pick<NewStep, 'vmid'>) => string;
  /** Whether a step that is not begun has to wait. Absent: while it is paused or any question is open. */
  readonly isHeld?: () => boolean;
  /** What a question says of the steps around the one that failed. */
  readonly around: (step: FrameStep) => string;
  /** Tasks of before the operation, and of its other steps: a step that begins a task never adopts them. */
  readonly otherTasks: (record: OpenStep) => readonly string[];
}

/** An operation whose steps these are. */
export interface FrameRun {
  readonly operation: Operation<OperationPlan, RunbookStepResult>;
  readonly plan: Pick<OperationPlan, 'times'>;
  readonly rules: FrameRules;
}

/** A step of the frame as it runs. */
export type FrameStep = StepRun<RunbookStepResult>;

/** A step of the frame: what it is called, and one try of it. */
export interface FrameWork extends Pick<NewStep, 'id' | 'title' | 'kind' | 'vmid'> {
  /** Undefined: done. */
  readonly tryOnce: (step: FrameStep) => Promise<StepFailure | undefined>;
  /** True: it is not begun any more. */
  readonly ended: () => boolean;
}

/** Runs a step of the frame until it is done or a person ends it, and says where it is then: `waiting` if it never began. */
export async function runStepOfFrame(
  { operation, rules }: FrameRun,
  { tryOnce, ended, ...wanted }: FrameWork,
): Promise<StepPhase> {
  const fresh: NewStep = { ...wanted, target: rules.targetOf(wanted), settledTasks: [] };
  const record = recordOf(operation.state.steps, fresh, () => false);
  if (!over.has(record.phase)) {
    if (!(await mayBegin(operation, record, ended, rules.isHeld))) return record.phase;
    const step = stepRun(operation, record);
    await untilDone(
      step,
      () => {
        // Only here: a question that a former run has opened is a phase too, and is waited for first.
        step.phase('starting');
        return tryOnce(step);
      },
      () => stopTask(step),
    );
  }
  return record.phase;
}

/** Runs a step of the frame until it is done or a person ends it. True if it is done, or was passed over. */
export async function runFrameStep(run: FrameRun, work: FrameWork): Promise<boolean> {
  const phase = await runStepOfFrame(run, work);
  return phase === 'done' || phase === 'skipped';
}

/** Whether a person has ended the operation. */
export function isCancelled({ operation: { state } }: Pick<FrameRun, 'operation'>): boolean {
  return state.cancel !== undefined;
}

/** The question after a failure of the frame. */
export function failedFrame(
  { rules }: Pick<FrameRun, 'rules'>,
  step: FrameStep,
  it: Problem,
  choices: StepFailure['choices'],
): StepFailure {
  const replaced = choices.includes('replace') ? `replace: ${whatReplaceDoes}. ` : '';
  return {
    kind: 'stepFailed',
    title: `${step.record.title}: failed`,
    problem: it,
    seen: `${rules.around(step)} ${replaced}${problemText(it)}`.slice(0, 1000),
    choices,
  };
}

/** Begins a task of the frame; `options` belong to the call of its activity. */
export type BeginTask = (options: { readonly summary: string }, before: TasksBefore) => Promise<TaskBegun>;

/** What is known before the next call: only the very first has nothing to look for, whyever the ones after it are made. */
export type BeforeCall = () => TasksBefore;

/** Calls that begin a task, as the step makes them: one, and again where nothing came of it. */
export type Call = (before: BeforeCall) => Promise<Attempt<TaskBegun>>;

/** The calls of an activity that Temporal repeats by itself. */
export function callOf(step: FrameStep, begin: BeginTask): Call {
  const { title } = step.record;
  return (before) => step.attempt(title, () => begin({ summary: title.slice(0, 180) }, before()));
}

/** Begins a task (or finds its goal reached) and follows it to its end; `onEnd` gets the last lines of one that ended well. */
export async function oneTask(
  run: FrameRun,
  step: FrameStep,
  begin: Call,
  choices: StepFailure['choices'],
  onEnd: (logTail: readonly string[]) => void = () => undefined,
): Promise<StepFailure | undefined> {
  const { record } = step;
  if (record.upid === undefined) {
    const begun = await begin(() => {
      const before = tasksBefore(run, record);
      record.outlook = 'adopt';
      return before;
    });
    if (!begun.ok) return failedFrame(run, step, begun.problem, choices);
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
      onEnd(verdict.logTail);
      return undefined;
    case 'failed':
      return failedFrame(run, step, verdict.problem, choices);
    case 'stalled':
      return {
        ...failedFrame(run, step, verdict.problem, ['wait', 'abortMigration', 'abort']),
        kind: 'stalled',
      };
    case 'interrupted':
      return failedFrame(run, step, interruption(record.title), choices);
  }
}

/** Begins tasks one after the other until the goal is reached. */
export async function tasksUntilDone(
  run: FrameRun,
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

/** The problem of a step that is ended by a person in its middle. */
export function interruption(title: string): Problem {
  return problem('Interrupted', {
    attempted: title,
    failed: 'it was interrupted because the operation is being ended',
  });
}

/** The tasks of a step, judged or under way. */
export function tasksOfStep({ upid, settledTasks }: OpenStep): readonly string[] {
  return [...(upid === undefined ? [] : [upid]), ...settledTasks.filter((task) => task.startsWith('UPID:'))];
}

function tasksBefore({ rules }: FrameRun, record: OpenStep): TasksBefore {
  const settledTasks = [...new Set([...rules.otherTasks(record), ...record.settledTasks])];
  return { settledTasks, ...(record.outlook === undefined ? { isFirst: true } : {}) };
}

/** Nothing had to be done, and nothing was: the report says so. */
function keepAbsent(step: FrameStep): void {
  step.keep({ outcome: 'done', reason: 'it was not there', captures: { wasThere: false } });
}

async function stopTask(step: FrameStep): Promise<void> {
  const { upid } = step.record;
  if (upid !== undefined)
    await step.attempt('stop the task', () => activities.runbookChanges.abortTask({ upid }));
}
