import type { StartTaskArguments, StepDone, TaskStart } from '../../activities/runbook/contract';
import { activities } from '../shared/calls';
import type { Attempt } from '../shared/credentials';
import type { StepFailure } from '../shared/stepRun';
import { callOf } from './call';
import { askOnce, askPatiently, askUntilAborted } from './once';
import { failed } from './questions';
import type { RoundRun } from './run';
import { settleDone, settleTask } from './settle';
import { followTask } from './task';

/**
 * A changing request: looked at first, then sent once, or adopted. One that begins a task is found again by its task
 * after a lost answer; one that does not is a question then.
 */
export async function requestWithTask(run: RoundRun): Promise<StepFailure | undefined> {
  const { record } = run;
  if (record.upid === undefined) {
    const call = { isFirst: record.outlook === undefined };
    const looked = await look(run);
    if (!looked.ok) return failed(run, looked.problem);
    const begun = await begin(run, call);
    if (!begun.ok) return failed(run, begun.problem);
    if (!('upid' in begun.value)) return settleDone(run, doneOf(begun.value));
    record.upid = begun.value.upid;
  }
  const { upid } = record;
  if (waitsForTask(run)) return followTask(run, upid, () => upid);
  record.taskEnded = true;
  return settleTask(run, upid, []);
}

/** Only once for a step: what is there later may be its own. */
async function look({ record, ...rest }: RoundRun): Promise<Attempt<undefined>> {
  if (record.outlook !== undefined || isElsewhere(rest)) {
    record.outlook ??= 'once';
    return { ok: true, value: undefined };
  }
  const run = { record, ...rest };
  const { options, args } = callOf(run);
  const { known } = run.plan;
  const looked = await askUntilAborted(run, () =>
    activities.runbookReads.lookBefore.executeWithOptions(
      { ...options, summary: `look before: ${options.summary}`.slice(0, 180) },
      [{ ...args, ...(known === undefined ? {} : { tasksKnownOf: known.vmids }) }],
    ),
  );
  if (!looked.ok) return looked;
  const { isAdoptable, isRepeatable, knownTasks } = looked.value;
  record.outlook = !isAdoptable ? 'once' : isRepeatable ? 'adoptOrRepeat' : 'adopt';
  record.settledTasks = [...new Set([...record.settledTasks, ...(known?.tasks ?? []), ...knownTasks])];
  return { ok: true, value: undefined };
}

/** `next` is of the next call: only the very first has nothing to look for, whyever the ones after it are made. */
async function begin(run: RoundRun, next: { isFirst: boolean }): Promise<Attempt<TaskStart>> {
  const { options, args: own } = callOf(run);
  const args = (): StartTaskArguments => {
    const { isFirst } = next;
    next.isFirst = false;
    return { ...own, settledTasks: run.record.settledTasks, ...(isFirst ? { isFirst } : {}) };
  };
  switch (run.record.outlook) {
    case 'adoptOrRepeat':
      return askPatiently(run, () =>
        activities.runbookChanges.startTask.executeWithOptions(options, [args()]),
      );
    case 'adopt': {
      const begun = await askOnce(run, () =>
        activities.runbookOnce.startTask.executeWithOptions(options, [args()]),
      );
      if (begun.ok || begun.problem.code !== 'OutcomeUnknown') return begun;
      const found = await askPatiently(run, () =>
        activities.runbookReads.lookForTask.executeWithOptions(options, [args()]),
      );
      return found.ok && found.value.kind === 'nothing' ? begun : found;
    }
    default:
      return sentOnce(
        await askOnce(run, () => activities.runbookOnce.changeStep.executeWithOptions(options, [own])),
      );
  }
}

function sentOnce(answer: Attempt<StepDone>): Attempt<TaskStart> {
  if (!answer.ok) return answer;
  const { output } = answer.value;
  return output.startsWith('UPID:')
    ? { ok: true, value: { kind: 'started', upid: output } }
    : { ok: true, value: { kind: 'answered', done: answer.value } };
}

function doneOf(start: Exclude<TaskStart, { readonly upid: string }>): StepDone {
  if (start.kind === 'answered') return start.done;
  return { unmet: [], captures: {}, output: 'it is gone', isCut: false };
}

function waitsForTask({ round }: RoundRun): boolean {
  const { action } = round.planned;
  return action.type === 'request' && action.waitForTask;
}

function isElsewhere({ round }: Pick<RoundRun, 'round'>): boolean {
  const { action } = round.planned;
  const [first] = action.type === 'request' ? action.path : [];
  return typeof first === 'string' && first.startsWith('https://');
}
