import { problem } from '../../domain/errors';
import type { Destruction, GuestIdentity, TaskBegun } from '../../domain/template/step';
import { askOnce, askPatiently } from '../runbook/once';
import { activities } from '../shared/calls';
import type { Attempt } from '../shared/credentials';
import { failedFrame, oneTask, runFrameStep, type BeforeCall, type FrameStep } from '../shared/frameStep';
import type { StepFailure } from '../shared/stepRun';
import type { TemplateRun } from './run';
import { runTaskStep } from './step';

/** What is destroyed, and what the step is called. */
export interface DestroyWork {
  readonly id: string;
  readonly title: string;
  readonly identity: GuestIdentity;
  /** It may run: it is stopped first. */
  readonly mayRun: boolean;
  readonly ended: () => boolean;
}

const choices: StepFailure['choices'] = ['retry', 'skip', 'abort'];

/** Destroys a guest by its identity. True if it is gone, or a person passed over it. */
export async function destroyGuest(run: TemplateRun, work: DestroyWork): Promise<boolean> {
  const { id, title, identity, mayRun, ended } = work;
  const { vmid } = identity;
  if (mayRun) {
    const isStopped = await runTaskStep(run, {
      ...{ id: `stop-${id}`, title: `Stop VM ${vmid} on ${identity.node}`, kind: 'change', vmid, ended },
      choices,
      begin: (options, before) =>
        activities.templateChanges.stopBuiltGuest.executeWithOptions(options, [
          { holder: run.operation.holder, identity, ...before },
        ]),
    });
    if (!isStopped) return false;
  }
  return runFrameStep(run, {
    ...{ id: `destroy-${id}`, title, kind: 'destroy', vmid, ended },
    async tryOnce(step) {
      const call = (before: BeforeCall) => destroyOnce(run, step, identity, before);
      return (await oneTask(run, step, call, choices)) ?? (await stillThere(run, step, identity));
    },
  });
}

/** A task that ended well proves nothing: the guest is looked for. */
async function stillThere(
  run: TemplateRun,
  step: FrameStep,
  identity: GuestIdentity,
): Promise<StepFailure | undefined> {
  const { holder } = run.operation;
  const { title, upid, settledTasks } = step.record;
  if (upid === undefined) return undefined;
  const looked = await step.attempt(title, () =>
    activities.templateReads.lookForDestruction.executeWithOptions(
      { summary: `see that it is gone: ${title}`.slice(0, 180) },
      [{ holder, identity, settledTasks: [...settledTasks, upid] }],
    ),
  );
  if (!looked.ok) return failedFrame(run, step, looked.problem, choices);
  if (looked.value.kind === 'done') return undefined;
  const failed = 'its task ended well, and the guest is still there';
  return failedFrame(run, step, problem('NotAsExpected', { attempted: title, failed }), choices);
}

/** Sent once; where its answer was lost it is looked for, and only a person has it sent again. */
async function destroyOnce(
  { operation: { holder } }: TemplateRun,
  step: FrameStep,
  identity: GuestIdentity,
  before: BeforeCall,
): Promise<Attempt<TaskBegun>> {
  const { title } = step.record;
  const args = () => ({ holder, identity, ...before() });
  const asking = { step, round: { title } };
  const begun = await askOnce(asking, () =>
    activities.templateOnce.destroyBuiltGuest.executeWithOptions({ summary: title }, [args()]),
  );
  if (begun.ok || begun.problem.code !== 'OutcomeUnknown') return begun;
  const found = await askPatiently(asking, () =>
    activities.templateReads.lookForDestruction.executeWithOptions(
      { summary: `look what became of it: ${title}`.slice(0, 180) },
      [args()],
    ),
  );
  if (!found.ok) return found;
  return isFound(found.value) ? { ok: true, value: found.value } : { ok: false, problem: lost(title) };
}

function isFound(it: Destruction): it is TaskBegun {
  return it.kind !== 'nothing';
}

function lost(title: string) {
  return problem('OutcomeUnknown', {
    attempted: title,
    failed: 'its answer was lost; no task of it is to be seen, and the guest is still there',
  });
}
