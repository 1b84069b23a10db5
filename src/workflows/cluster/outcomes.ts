import type { ClusterMember } from '../../domain/cluster/member';
import type {
  ClusterPhase,
  ClusterPlan,
  LeftAlone,
  PlannedAdoption,
  PlannedMachine,
  PlannedRemoval,
} from '../../domain/cluster/plan';
import type { MachineOutcome } from '../../domain/cluster/report';
import { problemText } from '../../domain/errors';
import type { RunValue } from '../../domain/runbook/values';
import type { RunbookStepResult } from '../../domain/runbookReport';
import type { Step } from '../../domain/step';
import { isReadyAgain } from './members';

/** What an operation knows at its end. */
interface Ended {
  readonly steps: readonly Step[];
  readonly results: Readonly<Record<string, RunbookStepResult>>;
}

const asPlanned: ReadonlySet<MachineOutcome['outcome']> = new Set([
  'ready',
  'aside',
  'deleted',
  'revived',
  'adopted',
]);

/** Whether a machine is as the plan wanted it. */
export function isAsPlanned({ outcome }: MachineOutcome): boolean {
  return asPlanned.has(outcome);
}

/**
 * What became of every machine that a plan names, in its order, then of those that were meant and could not be touched;
 * `members` are those of now.
 */
export function machineOutcomes(
  { phases, leftAlone }: Pick<ClusterPlan, 'phases' | 'leftAlone'>,
  ended: Ended,
  members: readonly ClusterMember[],
): readonly MachineOutcome[] {
  const memberOf = (vmid: number) => members.find((member) => member.vmid === vmid);
  return [
    ...phases.flatMap((phase) => outcomesOf(phase, ended, memberOf)),
    ...leftAlone.filter(({ wasMeant }) => wasMeant === true).map((it) => leftOutcome(it, memberOf(it.vmid))),
  ];
}

/** It may be called otherwise by now: people know it as the member that it is. */
function leftOutcome(
  { name, vmid, node, because: why }: LeftAlone,
  now: ClusterMember | undefined,
): MachineOutcome {
  return { name: now?.name ?? name, vmid, node, outcome: 'kept', because: why };
}

type MemberOf = (vmid: number) => ClusterMember | undefined;

function outcomesOf(phase: ClusterPhase, ended: Ended, memberOf: MemberOf): readonly MachineOutcome[] {
  switch (phase.kind) {
    case 'make':
      return phase.machines.map((machine) => madeOutcome(machine, ended, memberOf(machine.vmid)));
    case 'adopt':
      return phase.adoptions.map((it) => adoptedOutcome(it, ended, memberOf(it.vmid)));
    case 'setAside':
      return phase.removals.map((it) => removedOutcome(it, ended, setAside, memberOf));
    case 'delete':
      return phase.removals.map((it) => deletedOutcome(it, ended, memberOf));
    case 'revive':
      return phase.removals.map((it) =>
        removedOutcome(it, ended, (now) => revived(it, ended, now), memberOf),
      );
  }
}

function madeOutcome(
  { name, vmid, node }: PlannedMachine,
  ended: Ended,
  now: ClusterMember | undefined,
): MachineOutcome {
  const isUnknown = ended.results[`clone-${vmid}`]?.captures['isThere'] === null;
  const isParked = ended.steps.some((step) => step.vmid === vmid && step.phase === 'skipped');
  const outcome = (): MachineOutcome['outcome'] => {
    if (now === undefined) return 'notMade';
    if (now.state === 'ready') return 'ready';
    if (isUnknown) return 'unknown';
    return isParked ? 'parked' : 'made';
  };
  return {
    ...{ name, vmid, node: now?.node ?? node, outcome: outcome() },
    ...(now?.address === undefined ? {} : { address: now.address }),
    ...because(ended, vmid),
  };
}

function adoptedOutcome(
  { name, vmid, node }: PlannedAdoption,
  ended: Ended,
  now: ClusterMember | undefined,
): MachineOutcome {
  return { name, vmid, node, outcome: now === undefined ? 'notMade' : 'adopted', ...because(ended, vmid) };
}

/** Its machine is gone, and its disks as far as anybody could see. */
function deletedOutcome(removal: PlannedRemoval, ended: Ended, memberOf: MemberOf): MachineOutcome {
  const outcome = removedOutcome(removal, ended, (now) => now === undefined && 'deleted', memberOf);
  const left = disksLeft(removal, ended);
  if (outcome.outcome !== 'deleted' || left.length === 0) return outcome;
  return { ...outcome, outcome: 'disksLeft', because: left.join(', ') };
}

function disksLeft({ volumes }: PlannedRemoval, { results }: Ended): readonly string[] {
  const found = Object.entries(results).flatMap(
    ([
      id,
      {
        captures: { left },
      },
    ]) => (id.startsWith('disks-') && isList(left) ? left : []),
  );
  return volumes.filter((volume) => found.includes(volume));
}

function isList(value: RunValue | undefined): value is readonly RunValue[] {
  return Array.isArray(value);
}

/** One that was gone by then is as good as deleted; whoever did that, there is nothing to bring back. */
function setAside(now: ClusterMember | undefined): MachineOutcome['outcome'] | false {
  if (now === undefined) return 'deleted';
  return now.state === 'aside' && 'aside';
}

function removedOutcome(
  { member: { vmid, node, name }, nameThen }: PlannedRemoval,
  ended: Ended,
  isSo: (now: ClusterMember | undefined) => MachineOutcome['outcome'] | false,
  memberOf: MemberOf,
): MachineOutcome {
  const now = memberOf(vmid);
  const isUnknown = lastProblem(ended, vmid)?.code === 'OutcomeUnknown';
  const kept = isShutDown(ended, vmid) ? 'shutDown' : 'kept';
  const outcome = isSo(now) || (isUnknown ? 'unknown' : kept);
  return { name: nameThen ?? name, vmid, node: now?.node ?? node, outcome, ...because(ended, vmid) };
}

/**
 * Whether it is off by this operation, and may be started again: one that has left Kubernetes has forgotten everything, and
 * after a problem another machine may have its VMID.
 */
function isShutDown(ended: Ended, vmid: number): boolean {
  if (lastProblem(ended, vmid) !== undefined) return false;
  const { steps, results } = ended;
  const isDone = (name: string) =>
    steps.some(({ id, phase }) => id === `${name}-${vmid}` && phase === 'done');
  const wasHard = results[`shutdown-${vmid}`]?.captures['hardStop'] === true;
  return isDone('shutdown') && (!wasHard || isDone('stop')) && !isDone('reset');
}

/** One that has its own name again and does not run is only there; one that was ready before has to be it again. */
function revived(
  { member, nameThen = member.name, readiness }: PlannedRemoval,
  ended: Ended,
  now: ClusterMember | undefined,
): MachineOutcome['outcome'] | false {
  if (now?.name !== nameThen) return false;
  if (now.state === 'aside') return 'made';
  return readiness === undefined || isReadyAgain(ended, member.vmid) ? 'revived' : 'parked';
}

function because(ended: Ended, vmid: number): Pick<MachineOutcome, 'because'> {
  const it = lastProblem(ended, vmid);
  return it === undefined ? {} : { because: problemText(it) };
}

function lastProblem({ steps }: Ended, vmid: number): Step['problem'] {
  return steps.findLast((step) => step.vmid === vmid && step.problem !== undefined)?.problem;
}
