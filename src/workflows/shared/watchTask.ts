import { problem, type Problem } from '../../domain/errors';
import { taskRemedy } from '../../domain/taskRemedy';
import { activities } from './calls';
import type { StepRun } from './stepRun';

/** What waiting on a task of a step ended with. */
export type TaskVerdict =
  | { readonly kind: 'ended'; readonly exit: string; readonly logTail: readonly string[] }
  /** It ended with an error, or can't be looked at. */
  | { readonly kind: 'failed'; readonly problem: Problem }
  | { readonly kind: 'stalled'; readonly problem: Problem }
  /** A person ends the operation at once: Proxmox was asked to stop it. */
  | { readonly kind: 'interrupted' };

/** Follows a task to its end, marks the step's task as ended where it has, and says how. */
export async function watchTask<Result>(
  step: StepRun<Result>,
  {
    title,
    upid,
    stallAfterMs,
  }: { readonly title: string; readonly upid: string; readonly stallAfterMs: number },
): Promise<TaskVerdict> {
  const { record, operation } = step;
  const clone = record.vmid === undefined ? {} : { clone: { holder: operation.holder, vmid: record.vmid } };
  const isAborted = () => operation.state.cancel?.running === 'abort';
  const watched = await step.wait(
    title,
    () =>
      activities.runbookWaits.awaitTask.executeWithOptions(
        { summary: `wait for the task: ${title}`.slice(0, 180) },
        [{ upid, stallAfterMs, ...clone }],
      ),
    isAborted,
  );
  if (watched === 'interrupted') {
    record.abortAsked = true;
    await step.attempt(`stop the task of ${title}`, () => activities.runbookChanges.abortTask({ upid }));
    return { kind: 'interrupted' };
  }
  if (!watched.ok) return { kind: 'failed', problem: watched.problem };
  const { value } = watched;
  if (value.kind === 'stalled') {
    const seconds = Math.round(value.silentForMs / 1000);
    return {
      kind: 'stalled',
      problem: problem('TaskStalled', {
        attempted: title,
        failed: `the task ${upid} has shown nothing new for ${seconds} s`,
        logTail: [value.lastLine],
        remedy: 'Look at the node and its storages; wait on, or end the run.',
      }),
    };
  }
  record.taskEnded = true;
  if (value.succeeded) return { kind: 'ended', exit: value.exit, logTail: value.logTail };
  return {
    kind: 'failed',
    problem: problem('TaskFailed', {
      attempted: title,
      failed: `its task ended with an error (${upid})`,
      proxmoxSaid: value.exit,
      logTail: value.logTail,
      ...taskRemedy(value.exit),
    }),
  };
}
