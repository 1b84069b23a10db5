import { problem } from '../../domain/errors';
import type { TasksBefore } from '../../domain/template/step';
import type { PlannedBootTest } from '../../domain/templatePlan';
import { testIdentity } from '../../planning/rules/templateIdentities';
import { activities } from '../shared/calls';
import { failedFrame, interruption, isCancelled, runFrameStep, type FrameStep } from '../shared/frameStep';
import type { StepFailure } from '../shared/stepRun';
import { destroyGuest } from './destroy';
import type { TemplateRun } from './run';
import { runTaskStep, whileMade } from './step';

const { templateChanges: changes } = activities;

/** The record of the watch: its result holds what was seen. */
export const watchId = 'boot-test';

/** Boots a clone of the first copy, waits until it is ready, and destroys it. True if it was ready. */
export async function bootTest(run: TemplateRun): Promise<boolean> {
  const { plan, frame, operation } = run;
  const test = plan.bootTest;
  if (test === undefined) return true;
  const { vmid } = test;
  const ended = () => isCancelled(run);
  const args = (before: TasksBefore) => ({ holder: operation.holder, plan: frame, ...before });
  const isCloned = await runTaskStep(run, {
    ...{ id: 'clone-test', title: `Clone it as VM ${vmid} for a boot test`, kind: 'change', vmid, ended },
    begin: (options, before) => changes.cloneForBootTest.executeWithOptions(options, [args(before)]),
  });
  if (!isCloned) return false;
  const isStarted = await runTaskStep(run, {
    ...{ id: 'start-test', title: `Start the clone ${vmid}`, kind: 'change', vmid, ended },
    begin: (options, before) => changes.startBootTest.executeWithOptions(options, [args(before)]),
  });
  if (!isStarted) return false;
  const isReady = await runFrameStep(run, {
    ...{ id: watchId, title: `Wait until the clone ${vmid} is ready`, kind: 'read', vmid, ended },
    tryOnce: (step) => watch(run, step, test),
  });
  return isReady && destroyTestClone(run, test, ended);
}

/** Stops and destroys the test clone, if it is there. */
export function destroyTestClone(
  run: TemplateRun,
  test: PlannedBootTest,
  ended: () => boolean,
): Promise<boolean> {
  const identity = testIdentity(run.frame, test, run.operation.holder);
  return destroyGuest(run, {
    ...{ id: 'test', title: `Destroy the test clone ${identity.vmid}`, identity, mayRun: true, ended },
  });
}

async function watch(
  run: TemplateRun,
  step: FrameStep,
  { vmid, readiness }: PlannedBootTest,
): Promise<StepFailure | undefined> {
  const { title } = step.record;
  const { holder } = run.operation;
  step.phase('running');
  const watched = await step.wait(
    title,
    () =>
      activities.templateWaits.watchBootTest.executeWithOptions({ summary: title }, [
        { holder, plan: run.frame, settledTasks: [] },
      ]),
    () => isCancelled(run),
  );
  if (watched === 'interrupted') return failedFrame(run, step, interruption(title), whileMade);
  if (!watched.ok) return failedFrame(run, step, watched.problem, whileMade);
  const { ready, seen } = watched.value;
  step.keep({ outcome: 'done', output: seen.join('\n'), captures: { ready } });
  if (ready) return undefined;
  const remedy = `Look at its console: VM ${vmid} still runs. retry watches again, cleanup takes away all that was made.`;
  const failed = `it is not ready (${readiness}): ${seen.join('; ')}`;
  return failedFrame(run, step, problem('NotAsExpected', { attempted: title, failed, remedy }), whileMade);
}
