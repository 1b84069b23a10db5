import type { PlannedBuild, TemplatePlan } from '../../domain/templatePlan';
import { hashOf } from '../planHash';
import { sourceName } from './settings';

/** What differs between two plans of one template, in words; never empty if the hashes differ. */
export function templateDifference(before: TemplatePlan, after: TemplatePlan): readonly string[] {
  if (before.hash === after.hash) return [];
  const facts: readonly (readonly [string, (plan: TemplatePlan) => unknown])[] = [
    ['What is to be done', ({ todo, generation }) => `${todo}, version ${generation}`],
    ['The image', ({ source }) => (source === undefined ? 'none' : sourceName(source))],
    ["The image's digest", ({ source }) => source?.digest ?? 'none'],
    ['The runbook', ({ runbook }) => `${runbook.name} (${runbook.sha256.slice(0, 12)})`],
    ['The copies', ({ copies }) => copies.map((it) => `${it.vmid} on ${it.node} (${it.method})`).join(', ')],
    [
      'The boot test',
      ({ bootTest }) => (bootTest === undefined ? 'none' : `${bootTest.vmid} on ${bootTest.node}`),
    ],
    ['What is retired', ({ retires }) => retires.map(({ vmid }) => vmid).join(', ') || 'nothing'],
    ['The steps of the build', ({ builds }) => stepsHash(builds).slice(0, 12)],
    ['The nodes of steps on every node', ({ nodes }) => nodes.join(', ')],
    ['The settings', ({ settings }) => settings.slice(0, 12)],
  ];
  const differences = facts.flatMap(([what, of]) => {
    const [was, is] = [String(of(before)), String(of(after))];
    return was === is ? [] : [`${what}: ${is}, was ${was}.`];
  });
  return differences.length > 0 ? differences : ['The details of the plan have changed.'];
}

/** Without the marker, which holds the time of the plan. */
function stepsHash(builds: TemplatePlan['builds']): string {
  const shown = ({ id, shown: text }: PlannedBuild['steps'][number]) => [id, text];
  return hashOf(builds.map(({ node, steps }) => ({ node, steps: steps.map(shown) })));
}
