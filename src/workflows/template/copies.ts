import type { CopyStepArguments, TasksBefore } from '../../domain/template/step';
import type { PlannedTemplateCopy } from '../../domain/templatePlan';
import type { RunnableRunbook } from '../runbook/run';
import { runSteps } from '../runbook/sequence';
import { activities } from '../shared/calls';
import type { TemplateRun } from './run';
import { isCancelled, runFrameStep, tasksUntilDone, oneTask, whileMade } from './step';

/** Makes one copy a template under its build name: by the runbook's steps, or from another copy. True if it is one. */
export async function makeCopy(run: TemplateRun, copy: PlannedTemplateCopy): Promise<boolean> {
  const isThere = copy.method === 'build' ? await build(run, copy) : await cloneAndMove(run, copy);
  return isThere && finish(run, copy);
}

function build({ operation, plan }: TemplateRun, { node }: PlannedTemplateCopy): Promise<boolean> {
  const { nodes, asksBefore } = plan;
  const steps = plan.builds.find((it) => it.node === node)?.steps ?? [];
  const runbook: RunnableRunbook = {
    ...{ runbook: { steps }, nodes, asksBefore, captures: {} },
    knownTasks: operation.state.knownTasks['before'] ?? [],
  };
  return runSteps(operation, runbook);
}

async function cloneAndMove(run: TemplateRun, { node, vmid }: PlannedTemplateCopy): Promise<boolean> {
  const ended = () => isCancelled(run);
  const isCloned = await runFrameStep(run, {
    ...{ id: `clone-${node}`, title: `Clone the template as VM ${vmid} for ${node}`, kind: 'change' },
    ...{ vmid, ended },
    tryOnce: (step) =>
      oneTask(
        run,
        step,
        (before) =>
          step.attempt(step.record.title, () =>
            activities.templateChanges.cloneForCopy.executeWithOptions({ summary: step.record.title }, [
              copyArguments(run, { node, vmid }, before),
            ]),
          ),
        whileMade,
      ),
  });
  if (!isCloned) return false;
  return runFrameStep(run, {
    ...{ id: `move-${node}`, title: `Move VM ${vmid} to ${node}`, kind: 'change', vmid, ended },
    tryOnce: (step) =>
      oneTask(
        run,
        step,
        (before) =>
          step.attempt(step.record.title, () =>
            activities.templateChanges.moveTemplateCopy.executeWithOptions({ summary: step.record.title }, [
              copyArguments(run, { node, vmid }, before),
            ]),
          ),
        whileMade,
      ),
  });
}

/** A runbook may have converted it already: then this only looks. */
function finish(run: TemplateRun, { node, vmid }: PlannedTemplateCopy): Promise<boolean> {
  return runFrameStep(run, {
    ...{ id: `finish-${node}`, title: `See that VM ${vmid} on ${node} is a template`, kind: 'change' },
    ...{ vmid, ended: () => isCancelled(run) },
    tryOnce: (step) =>
      tasksUntilDone(
        run,
        step,
        (before) =>
          step.attempt(step.record.title, () =>
            activities.templateChanges.finishTemplateCopy.executeWithOptions({ summary: step.record.title }, [
              copyArguments(run, { node, vmid }, before),
            ]),
          ),
        whileMade,
      ),
  });
}

/** What a step on a copy is called with. */
export function copyArguments(
  { operation: { holder }, frame }: TemplateRun,
  { node, vmid }: Pick<PlannedTemplateCopy, 'node' | 'vmid'>,
  before: TasksBefore,
): CopyStepArguments {
  return { holder, plan: frame, node, vmid, ...before };
}
