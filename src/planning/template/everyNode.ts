import type { RenderedStep } from '../../domain/runbook/plan';
import { shownText } from '../../domain/runbook/text';
import type { BuildNode } from './facts';

/** Whether a step is done on each node that answers. */
export function runsOnEveryNode({ place }: RenderedStep): boolean {
  return place.at === 'everyNode';
}

/** What nodes that do not answer miss of what is done on every node. */
export function everyNodeWarnings(
  nodes: readonly Pick<BuildNode, 'name' | 'online'>[],
  steps: readonly RenderedStep[],
): readonly string[] {
  const missed = new Set(steps.filter(runsOnEveryNode).map(whatIsMissed));
  if (missed.size === 0) return [];
  return nodes
    .filter(({ online }) => !online)
    .map(
      ({ name }) =>
        `${name} does not answer: it goes without ${[...missed].join(', ')}. Before a clone starts there, bring it over from another node.`,
    );
}

function whatIsMissed({ action, title }: RenderedStep): string {
  return action.type === 'file' ? shownText(action.path) : `the step "${title}"`;
}
