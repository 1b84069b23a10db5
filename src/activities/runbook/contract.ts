import type { LeaseHolder } from '../../domain/lease';
import type { RenderedStep } from '../../domain/runbook/plan';
import type { RunValues } from '../../domain/runbook/values';
import type { RunbookPlan, RunbookRequest } from '../../domain/runbookPlan';
import type { TaskEnded, TaskStalled } from '../../domain/taskWatch';

/** What a plan starts from. */
export interface RunbookPlanArguments {
  readonly request: RunbookRequest;
  /** The plan that this one replaces, for the difference in words. */
  readonly previous?: RunbookPlan;
}

/** A plan that was made, and what differs from the one before it (in words; empty for the first). */
export interface RunbookPlanMade {
  readonly plan: RunbookPlan;
  readonly changes: readonly string[];
}

/** What an activity has to know of a step. */
export type RunnableStep = Pick<
  RenderedStep,
  'title' | 'kind' | 'executor' | 'action' | 'expectations' | 'captures' | 'timeoutMs'
>;

/** One step, or one round of it, as an activity does it. */
export interface RunStepArguments {
  readonly step: RunnableStep;
  /** The values that it asks for. */
  readonly values: RunValues;
  /** The node of an SSH step. */
  readonly node?: string;
  /** Of a step that leases something: for whom, and what it is for. */
  readonly lease?: { readonly holder: LeaseHolder; readonly purpose: string };
}

/** What a step answered, cut and without secrets, and what it comes to. */
export interface StepDone {
  /** In words: what was expected and is not so. Empty: the step is done. */
  readonly unmet: readonly string[];
  readonly captures: RunValues;
  readonly output: string;
  readonly isCut: boolean;
  readonly exitCode?: number;
  readonly status?: number;
}

/** A request that begins a task. */
export interface StartTaskArguments extends RunStepArguments {
  /** Tasks that were judged already, or are older than the step: never adopted. */
  readonly settledTasks: readonly string[];
  /** Nobody has sent it for this step before: the first attempt has nothing to adopt. */
  readonly isFirst?: true;
}

/** A request that is looked at before it is sent. */
export interface LookBeforeArguments extends RunStepArguments {
  /** The tasks from before of these guests, and all downloads, are known already. */
  readonly tasksKnownOf?: readonly number[];
}

/** What became of a request that begins a task. */
export type TaskStart =
  | { readonly kind: 'started' | 'adopted'; readonly upid: string }
  /** It answered at once, without a task. */
  | { readonly kind: 'answered'; readonly done: StepDone }
  /** Looked for only: the object that was to be removed is gone. */
  | { readonly kind: 'gone' }
  /** Looked for only: nothing of it is to be seen. */
  | { readonly kind: 'nothing' };

/** Which task is waited for. */
export interface AwaitTaskArguments {
  readonly upid: string;
  /** Without a new line in its log for so long it counts as stalled. */
  readonly stallAfterMs: number;
  /** Whose clone it makes, if it is a clone: its slot is given back when the task has ended, however it did. */
  readonly clone?: { readonly holder: LeaseHolder; readonly vmid: number };
}

/** What a request is of which the task is looked for before it is sent. */
export interface TaskOutlook {
  /** Whether it can be found again after a lost answer. */
  readonly isAdoptable: boolean;
  /** Whether it may be sent again where nothing of it is found. */
  readonly isRepeatable: boolean;
  /** Tasks of its kind from before. */
  readonly knownTasks: readonly string[];
}

/** The activities of a run, as its workflow sees them. */
export interface RunbookActivities {
  /** Reads the file and those that it calls, checks them, and fills them in. Changes nothing. */
  planRunbook(input: RunbookPlanArguments): Promise<RunbookPlanMade>;
  /** A step that changes nothing: a GET, a reading command, a built-in. May be repeated. */
  readStep(input: RunStepArguments): Promise<StepDone>;
  /**
   * A changing command, or a request of which no task could be found again: done once. Throws OutcomeUnknown where it
   * was cut. It asks whether it is the only attempt right before; nothing makes a late duplicate harmless, so the
   * workflow never calls it a second time by itself.
   */
  changeStep(input: RunStepArguments): Promise<StepDone>;
  /** Writes a file whole, with its mode. Repeating it, late or not, writes the same again. */
  writeFileStep(input: RunStepArguments): Promise<StepDone>;
  /** Looks which tasks of a request's kind are there before it is sent. */
  lookBefore(input: LookBeforeArguments): Promise<TaskOutlook>;
  /**
   * Sends a request that begins a task, or adopts what is there. A late duplicate is refused by Proxmox (the guest's
   * lock, a VMID or a snapshot's name that exists), or changes nothing; requests of which that is not true are sent
   * once (TaskOutlook.isRepeatable).
   */
  startTask(input: StartTaskArguments): Promise<TaskStart>;
  /** Looks what became of a request whose answer was lost; sends nothing. */
  lookForTask(input: StartTaskArguments): Promise<TaskStart>;
  /** Returns when the task ended, or showed nothing new for too long. */
  awaitTask(input: AwaitTaskArguments): Promise<TaskEnded | TaskStalled>;
  /** Asks Proxmox to stop a task. Repeating it is harmless. */
  abortTask(input: { readonly upid: string }): Promise<void>;
}
