import { retiredIdentity } from '../../planning/rules/templateIdentities';
import { isCancelled } from '../shared/frameStep';
import { destroyGuest } from './destroy';
import type { TemplateRun } from './run';

/** The id of the step that destroys an older copy. */
export function retireId(vmid: number): string {
  return `destroy-retired-${vmid}`;
}

/** Destroys the older copies that the plan names. One that can't be is a question; the others wait for its answer. */
export async function retireOlder(run: TemplateRun): Promise<void> {
  const { plan } = run;
  for (const copy of plan.retires) {
    const what = copy.generation === undefined ? `the unfinished ${copy.name}` : `version ${copy.generation}`;
    const title = `Destroy ${what} (VM ${copy.vmid} on ${copy.node})`;
    const isGone = await destroyGuest(run, {
      ...{
        id: `retired-${copy.vmid}`,
        title,
        identity: retiredIdentity(plan.name, copy),
        mayRun: copy.unfinished !== undefined,
      },
      ended: () => isCancelled(run),
    });
    if (!isGone) return;
  }
}
