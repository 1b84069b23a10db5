import type { ClusterPlan } from '../../domain/cluster/plan';
import { doesNothing } from '../../domain/cluster/planned';
import type { MachineOutcome } from '../../domain/cluster/report';
import type { ClusterAction } from '../../domain/cluster/request';
import type { OperationOutcome } from '../../domain/operationReport';
import { count } from '../../domain/rendering/text';
import { summaryOfNothing } from '../shared/reportHead';
import { isAsPlanned } from './outcomes';

/** How changing a cluster ended. */
export interface ClusterEnding {
  readonly outcome: OperationOutcome;
  readonly action: ClusterAction;
  readonly profile: string;
  readonly plan: Pick<ClusterPlan, 'phases' | 'talos'> | undefined;
  readonly machines: readonly MachineOutcome[];
}

const words: Readonly<Partial<Record<MachineOutcome['outcome'], string>>> = {
  ready: 'ready',
  aside: 'set aside',
  deleted: 'deleted',
  revived: 'back',
  adopted: 'adopted',
};

/** The ending in a sentence or two; the second says what helps. */
export function summaryOf({ outcome, action, profile, plan, machines }: ClusterEnding): string {
  const nothing = summaryOfNothing(outcome);
  if (nothing !== undefined) return nothing;
  if (plan === undefined) return 'It was ended before there was a plan: nothing was done.';
  if (outcome === 'cancelled' && machines.length > 0 && machines.every(isUntouched))
    return 'It was ended before anything was done.';
  if (doesNothing(plan)) return `Nothing to do: the cluster ${profile} is as it should be.`;
  const done = machines.filter(isAsPlanned);
  if (outcome === 'done')
    return `The cluster ${profile}: ${countedByOutcome(done) || 'what was missing is there'}.`;
  const open = machines.filter((machine) => !isAsPlanned(machine)).map(({ name }) => name);
  const shown = open.slice(0, 5).join(', ') + (open.length > 5 ? ` and ${open.length - 5} more` : '');
  const left = open.length === 0 ? 'look at its steps' : `open: ${shown}`;
  return `Not finished: ${done.length} of ${count(machines.length, 'machine')} as planned; ${left}. ${nextFor(action, profile)}`;
}

function countedByOutcome(machines: readonly MachineOutcome[]): string {
  return Object.entries(words)
    .map(([outcome, word]) => ({ word, amount: machines.filter((it) => it.outcome === outcome).length }))
    .filter(({ amount }) => amount > 0)
    .map(({ word, amount }) => `${count(amount, 'machine')} ${word}`)
    .join(', ');
}

function isUntouched({ outcome }: MachineOutcome): boolean {
  return outcome === 'notMade' || outcome === 'kept';
}

/** What finishes, and what takes back. */
function nextFor(action: ClusterAction, profile: string): string {
  switch (action) {
    case 'create':
    case 'scale':
    case 'rebuild':
    case 'replace':
    case 'upgrade':
      return `pxm cluster create ${profile} makes what is missing, pxm cluster destroy ${profile} removes what is there.`;
    case 'destroy':
      return `pxm cluster destroy ${profile} goes on, pxm cluster undo ${profile} brings back what is set aside.`;
    case 'purge':
    case 'undo':
    case 'adopt':
      return `The same once more goes on: pxm cluster ${action} ${profile}.`;
  }
}
