import { madeIdentity, originOf } from '../../planning/rules/templateIdentities';
import { isLeftAlone } from '../runbook/sequence';
import { destroyTestClone } from './bootTest';
import { destroyGuest } from './destroy';
import type { TemplateRun } from './run';

/**
 * Takes away what a template that will not come into force has left: the test clone first, for it may depend on the
 * first copy. Each only if it is exactly the guest that this operation made.
 */
export async function discard(run: TemplateRun): Promise<void> {
  const { plan, operation } = run;
  const ended = () => isLeftAlone(operation);
  const begun = new Set(operation.state.steps.map(({ id }) => id));
  const { bootTest } = plan;
  if (bootTest !== undefined && begun.has('clone-test')) {
    if (!(await destroyTestClone(run, bootTest, ended))) return;
  }
  for (const { node, vmid } of plan.copies.toReversed()) {
    if (![...begun].some((id) => isOfCopy(id, node))) continue;
    for (const place of placesOf(run, node)) {
      const identity = madeIdentity(plan, operation.holder, { node: place, vmid });
      const title = `Destroy the unfinished VM ${vmid} on ${place}`;
      const id = place === node ? `unfinished-${node}` : `unfinished-${node}-on-${place}`;
      if (!(await destroyGuest(run, { id, title, identity, mayRun: true, ended }))) return;
    }
  }
}

/** A copy that is cloned is on the node of its origin until it has moved. */
function placesOf({ plan, operation }: TemplateRun, node: string): readonly string[] {
  const isCloned = plan.copies.some((copy) => copy.node === node && copy.method === 'migrate');
  const origin = originOf(plan);
  const hasMoved = operation.state.steps.some(({ id, phase }) => id === `move-${node}` && phase === 'done');
  return isCloned && !hasMoved && origin !== undefined ? [origin.node, node] : [node];
}

function isOfCopy(id: string, node: string): boolean {
  return id.startsWith(`build-${node}.`) || [`clone-${node}`, `move-${node}`, `finish-${node}`].includes(id);
}
