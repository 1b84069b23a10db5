import type { ClusterPlan } from '../../domain/cluster/plan';
import { doesNothing } from '../../domain/cluster/planned';
import type { MachineOutcome, ToReplace } from '../../domain/cluster/report';
import type { OperationOutcome } from '../../domain/operationReport';
import { count } from '../../domain/rendering/text';
import { summaryOfNothing } from '../shared/reportHead';
import { namesInShort, nextFor, nextForPlaybooks, nextForShutDown, type AskedOfCluster } from './next';
import { isAsPlanned } from './outcomes';

/** How changing a cluster ended. */
export interface ClusterEnding extends AskedOfCluster {
  readonly outcome: OperationOutcome;
  readonly plan: Pick<ClusterPlan, 'phases' | 'talos'> | undefined;
  readonly machines: readonly MachineOutcome[];
  readonly replaced?: ToReplace | undefined;
  /** Names of playbooks that did not do what they should, in the plan's order. */
  readonly playbooksLeft?: readonly string[];
}

const words: Readonly<Partial<Record<MachineOutcome['outcome'], string>>> = {
  ready: 'ready',
  aside: 'set aside',
  deleted: 'deleted',
  revived: 'back',
  adopted: 'adopted',
};

/** The ending in a sentence or two; the second says what helps. */
export function summaryOf({
  outcome,
  plan,
  machines,
  replaced,
  playbooksLeft = [],
  ...asked
}: ClusterEnding): string {
  const { profile } = asked;
  const nothing = summaryOfNothing(outcome);
  if (nothing !== undefined) return nothing;
  if (plan === undefined) return 'It was ended before there was a plan: nothing was done.';
  if (outcome === 'cancelled' && machines.length > 0 && machines.every(isUntouched))
    return 'It was ended before anything was done.';
  const open = [...new Set(machines.filter((it) => !isAsPlanned(it)).map(({ name }) => name))];
  if (doesNothing(plan)) {
    return open.length === 0
      ? `Nothing to do: no machine of the cluster ${profile} had to be changed.`
      : `Nothing was done: ${count(open.length, 'machine')} can't be touched (${namesInShort(open)}), the report says why. ${nextFor(asked, machines)}`;
  }
  const done = machines.filter(isAsPlanned);
  if (outcome === 'done')
    return `The cluster ${profile}: ${countedByOutcome(done) || withoutMachines(plan)}.`;
  const playbooks = nextForPlaybooks(playbooksLeft, machines);
  if (open.length === 0 && playbooks !== '')
    return `Not finished: all ${count(machines.length, 'machine')} as planned, but not the playbooks. ${playbooks}`;
  const left = open.length === 0 ? 'look at its steps' : `open: ${namesInShort(open)}`;
  const next = replaced === undefined ? nextFor(asked, machines) : afterReplacing(replaced, asked, machines);
  return `Not finished: ${done.length} of ${count(machines.length, 'machine')} as planned; ${left}. ${nextForShutDown(machines)}${playbooks === '' ? '' : `(${playbooks}) `}${next}`;
}

/** What comes by itself is said first; it may be all. */
function afterReplacing(
  { machines: names }: ToReplace,
  asked: AskedOfCluster,
  machines: readonly MachineOutcome[],
): string {
  const follows = `A plan to replace ${names.join(', ')} is made now, and waits for an approval: pxm watch ${asked.profile}.`;
  const others = machines.filter((it) => isAsPlanned(it) || !names.includes(it.name));
  return others.every(isAsPlanned) ? follows : `${follows} Then: ${nextFor(asked, others)}`;
}

/** Where no machine was changed. */
function withoutMachines({ talos }: Pick<ClusterPlan, 'talos'>): string {
  return talos?.flux === undefined
    ? 'what was left in etcd of control planes that are gone was removed'
    : 'what was missing is there';
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
