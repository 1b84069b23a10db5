import { problemText } from '../../domain/errors';
import type { PlannedTemplateCopy } from '../../domain/templatePlan';
import { isLeftAlone } from '../runbook/sequence';
import { activities } from '../shared/calls';
import { failedFrame, isCancelled, runFrameStep } from '../shared/frameStep';
import { finish, stepRun } from '../shared/stepRun';
import { copyArguments } from './copies';
import type { TemplateOperation, TemplateRun } from './run';

/** The id of the step that brings a copy into force. */
export function forceId(node: string): string {
  return `in-force-${node}`;
}

/**
 * Brings the tested copies into force, one after the other. Once one is, the others follow even if it is cancelled.
 * Where a step fails it is looked whether its copy is in force: an answer may have been lost.
 */
export async function bringIntoForce(run: TemplateRun): Promise<boolean> {
  const { operation } = run;
  let isAny = false;
  for (const copy of run.plan.copies) {
    const isDone = await bringOne(run, copy, () => !isAny && isCancelled(run));
    const isFound = !isDone && (await isFoundInForce(run, copy));
    if (!isDone && (!isFound || isLeftAlone(operation))) return false;
    isAny = true;
  }
  return true;
}

function bringOne(run: TemplateRun, copy: PlannedTemplateCopy, ended: () => boolean): Promise<boolean> {
  const { name, generation } = run.plan;
  const { node, vmid } = copy;
  return runFrameStep(run, {
    id: forceId(node),
    title: `Bring VM ${vmid} on ${node} into force as ${name}, version ${generation}`,
    ...{ kind: 'change', vmid, ended },
    async tryOnce(step) {
      const { title } = step.record;
      const done = await step.attempt(title, () =>
        activities.templateChanges.bringTemplateIntoForce.executeWithOptions({ summary: title }, [
          copyArguments(run, copy, { settledTasks: [] }),
        ]),
      );
      return done.ok ? undefined : failedFrame(run, step, done.problem, ['retry', 'abort']);
    },
  });
}

/** After a step that failed: its record says afterwards what is so. */
async function isFoundInForce(run: TemplateRun, copy: PlannedTemplateCopy): Promise<boolean> {
  const { operation } = run;
  const record = operation.state.steps.find(({ id }) => id === forceId(copy.node));
  if (record?.phase !== 'failed') return false;
  const step = stepRun(operation, record);
  const looked = await step.attempt(record.title, () =>
    activities.templateReads.isTemplateInForce.executeWithOptions(
      { summary: `look what is in force: ${record.title}`.slice(0, 180) },
      [copyArguments(run, copy, { settledTasks: [] })],
    ),
  );
  if (!looked.ok) {
    step.keep({ outcome: 'done', captures: { inForce: null } });
    step.warn(`Whether it is in force could not be seen: ${problemText(looked.problem)}`.slice(0, 500));
    return false;
  }
  if (!looked.value) return false;
  step.warn('Its answer was lost: it was found in force.');
  finish(step, 'done');
  return true;
}

/** Whether any copy is in force, or may be: from then on nothing of it is taken away. */
export function mayAnyBeInForce({ operation, plan }: TemplateRun): boolean {
  return plan.copies.some(
    ({ node }) =>
      operation.state.steps.find(({ id }) => id === forceId(node))?.phase === 'done' ||
      isForceUnknown(operation, node),
  );
}

/** Whether nobody could see if a copy is in force. */
export function isForceUnknown({ state: { results } }: TemplateOperation, node: string): boolean {
  return results[forceId(node)]?.captures['inForce'] === null;
}
