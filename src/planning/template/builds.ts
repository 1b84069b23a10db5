import type { RenderedStep } from '../../domain/runbook/plan';
import { shownText, type Text } from '../../domain/runbook/text';
import type { PlannedBuild } from '../../domain/templatePlan';
import { calledSteps } from '../runbook/calledSteps';

/**
 * The steps that make one copy: the runbook's, their ids and values kept apart from those of other copies. Its own step
 * that would delete an unfinished machine is left out: the frame does that, by identity and not by VMID alone.
 */
export function buildOf(
  { node, vmid }: { readonly node: string; readonly vmid: number },
  { steps: written }: { readonly steps: readonly RenderedStep[] },
): PlannedBuild {
  const call = { id: `build-${node}`, title: node, line: 1 };
  const steps = written.filter((step) => !deletesMachine(step, vmid));
  const own = calledSteps(call, steps).map((step, index): RenderedStep => {
    const { line = step.line, group } = steps[index] ?? {};
    return { ...step, line, ...(group === undefined ? {} : { group }) };
  });
  return { node, steps: own };
}

function deletesMachine({ action }: RenderedStep, vmid: number): boolean {
  return (
    action.type === 'request' &&
    action.method === 'DELETE' &&
    new RegExp(`^/nodes/[^/]+/qemu/${vmid}$`).test(shownText(action.path))
  );
}

const createPath = /^\/nodes\/[^/]+\/qemu$/;
const clonePath = /^\/nodes\/[^/]+\/qemu\/\d+\/clone$/;

/**
 * A build whose request for the virtual machine carries the marker, so that the machine is known as ours from its
 * first moment. A step that makes it otherwise is left as it is: the marker is written when the build is taken over.
 */
export function withMarkerFrom(build: PlannedBuild, vmid: number, marker: string): PlannedBuild {
  return { ...build, steps: build.steps.map((step) => marked(step, vmid, marker)) };
}

function marked(step: RenderedStep, vmid: number, marker: string): RenderedStep {
  const { action } = step;
  if (action.type !== 'request' || action.method !== 'POST') return step;
  const path = shownText(action.path);
  const key = createPath.test(path) ? 'vmid' : clonePath.test(path) ? 'newid' : undefined;
  const given = (name: string) => action.parameters.find((it) => it.name === name)?.value;
  if (key === undefined || given('description') !== undefined || !isText(given(key), String(vmid)))
    return step;
  return {
    ...step,
    shown: `${step.shown}\ndescription=<marker of this template>`,
    action: { ...action, parameters: [...action.parameters, { name: 'description', value: [marker] }] },
  };
}

function isText(text: Text | undefined, wanted: string): boolean {
  return text !== undefined && text.every((piece) => typeof piece === 'string') && text.join('') === wanted;
}
