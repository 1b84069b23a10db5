import type { CopyStepArguments, TasksBefore } from '../../domain/template/step';
import type { PlannedTemplateCopy } from '../../domain/templatePlan';
import { templatePlaces } from '../../planning/rules/templatePlaces';
import type { RunnableRunbook } from '../runbook/run';
import { runSteps } from '../runbook/sequence';
import { activities } from '../shared/calls';
import { isCancelled } from '../shared/frameStep';
import type { TemplateRun } from './run';
import { runTaskStep } from './step';

const { templateChanges: changes } = activities;

/** Makes one copy a template under its build name: by the runbook's steps, or from another copy. True if it is one. */
export async function makeCopy(run: TemplateRun, copy: PlannedTemplateCopy): Promise<boolean> {
  const isThere = copy.method === 'build' ? await build(run, copy) : await cloneAndMove(run, copy);
  return isThere && finish(run, copy);
}

/** A runbook that ends itself has made no template: its clean-up is done then, and nothing follows. */
async function build({ operation, plan }: TemplateRun, { node }: PlannedTemplateCopy): Promise<boolean> {
  const { nodes, asksBefore } = plan;
  const steps = plan.builds.find((it) => it.node === node)?.steps ?? [];
  const runbook: RunnableRunbook = {
    ...{ runbook: { steps }, nodes, asksBefore, captures: {} },
    known: {
      vmids: templatePlaces(plan).map(({ vmid }) => vmid),
      tasks: operation.state.knownTasks['before'] ?? [],
    },
  };
  const isThrough = await runSteps(operation, runbook);
  const { results } = operation.state;
  const isStopped = operation.state.steps.some(
    ({ id }) => id.startsWith(`build-${node}.`) && results[id]?.outcome === 'stopped',
  );
  return isThrough && !isStopped;
}

async function cloneAndMove(run: TemplateRun, copy: PlannedTemplateCopy): Promise<boolean> {
  const { node, vmid } = copy;
  const ended = () => isCancelled(run);
  const isCloned = await runTaskStep(run, {
    ...{ id: `clone-${node}`, title: `Clone the template as VM ${vmid} for ${node}`, kind: 'change' },
    ...{ vmid, ended },
    begin: (options, before) =>
      changes.cloneForCopy.executeWithOptions(options, [copyArguments(run, copy, before)]),
  });
  if (!isCloned) return false;
  return runTaskStep(run, {
    ...{ id: `move-${node}`, title: `Move VM ${vmid} to ${node}`, kind: 'change', vmid, ended },
    begin: (options, before) =>
      changes.moveTemplateCopy.executeWithOptions(options, [copyArguments(run, copy, before)]),
  });
}

/** A runbook may have converted it already: then this only looks. */
function finish(run: TemplateRun, copy: PlannedTemplateCopy): Promise<boolean> {
  const { node, vmid } = copy;
  return runTaskStep(run, {
    ...{ id: `finish-${node}`, title: `See that VM ${vmid} on ${node} is a template`, kind: 'change' },
    ...{ vmid, ended: () => isCancelled(run), untilDone: true },
    begin: (options, before) =>
      changes.finishTemplateCopy.executeWithOptions(options, [copyArguments(run, copy, before)]),
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
