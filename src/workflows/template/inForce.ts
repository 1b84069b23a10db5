import { activities } from '../shared/calls';
import { copyArguments } from './copies';
import type { TemplateRun } from './run';
import { failedFrame, isCancelled, runFrameStep } from './step';

/** The id of the step that brings a copy into force. */
export function forceId(node: string): string {
  return `in-force-${node}`;
}

/** Brings the tested copies into force, one after the other. Once one is, the others follow even if it is cancelled. */
export async function bringIntoForce(run: TemplateRun): Promise<boolean> {
  const { name, generation, copies } = run.plan;
  let isAny = false;
  for (const copy of copies) {
    const { node, vmid } = copy;
    const isDone = await runFrameStep(run, {
      id: forceId(node),
      title: `Bring VM ${vmid} on ${node} into force as ${name}, version ${generation}`,
      ...{ kind: 'change', vmid, ended: () => !isAny && isCancelled(run) },
      async tryOnce(step) {
        const { title } = step.record;
        const done = await step.attempt(title, () =>
          activities.templateChanges.bringTemplateIntoForce.executeWithOptions({ summary: title }, [
            copyArguments(run, copy, { settledTasks: [] }),
          ]),
        );
        return done.ok ? undefined : failedFrame(step, done.problem, ['retry', 'abort']);
      },
    });
    if (!isDone) return false;
    isAny = true;
  }
  return true;
}

/** Whether any copy is in force: from then on nothing of it is taken away. */
export function isAnyInForce({ operation: { state }, plan }: TemplateRun): boolean {
  return plan.copies.some(({ node }) => state.steps.find(({ id }) => id === forceId(node))?.phase === 'done');
}
