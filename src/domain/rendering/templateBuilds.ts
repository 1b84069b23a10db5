import type { RenderedStep } from '../runbook/plan';
import type { PlannedBuild, TemplatePlan } from '../templatePlan';
import { stepPlace, stepTerms } from './runbookSteps';

/** A build as it is shown: in full, or as the first one with other names in it. */
export interface ShownBuild extends PlannedBuild {
  readonly vmid: number;
  /** Present: its steps are those of this build, with exactly its node and VMID in place of the other's. */
  readonly sameAs?: { readonly node: string; readonly vmid: number };
}

/** The builds of a plan; one that differs from the first in nothing but node and VMID says so. */
export function shownBuilds({ builds, copies }: TemplatePlan): readonly ShownBuild[] {
  const all = builds.map((build) => ({
    ...build,
    vmid: copies.find(({ node }) => node === build.node)?.vmid ?? 0,
  }));
  const [first, ...others] = all;
  if (first === undefined) return [];
  const { node, vmid } = first;
  return [first, ...others.map((it) => (isSame(first, it) ? { ...it, sameAs: { node, vmid } } : it))];
}

/** How a build that is not shown in full differs from the first. */
export function sameStepsText({ node, vmid, sameAs }: ShownBuild): string {
  if (sameAs === undefined) return '';
  return `the same steps as on ${sameAs.node}, with ${node} for ${sameAs.node} and ${String(vmid)} for ${String(sameAs.vmid)}`;
}

function isSame(one: ShownBuild, other: ShownBuild): boolean {
  const translated = one.steps
    .map(textOf)
    .join('\n')
    .replaceAll(one.node, () => other.node)
    .replaceAll(String(one.vmid), String(other.vmid));
  return translated === other.steps.map(textOf).join('\n');
}

/** Everything of a step that a plan shows. */
function textOf(step: RenderedStep): string {
  const { id, title, kind, destructive, shown } = step;
  return [id, title, kind, String(destructive), stepPlace(step), shown, ...stepTerms(step)].join('\n');
}
