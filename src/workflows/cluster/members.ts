import type { ClusterMember, ClusterRecord } from '../../domain/cluster/member';
import type {
  ClusterPhase,
  ClusterPlan,
  PlannedAdoption,
  PlannedMachine,
  PlannedRemoval,
} from '../../domain/cluster/plan';
import type { LeaseHolder } from '../../domain/lease';
import type { RunbookStepResult } from '../../domain/runbookReport';
import type { Step } from '../../domain/step';
import { membersInOrder } from './inOrder';

/** What an operation knows of its steps. */
export interface StepsSoFar {
  readonly steps: readonly Pick<Step, 'id' | 'phase'>[];
  readonly results: Readonly<Record<string, RunbookStepResult>>;
}

/** The SMBIOS uuid of a machine that is made, once it was read. */
export function uuidOf({ results }: Pick<StepsSoFar, 'results'>, vmid: number): string | undefined {
  return textIn(results, `identify-${vmid}`, 'uuid');
}

/**
 * The members of a cluster as an operation leaves them now: those that its plan keeps, and what its steps have begun or
 * proven. A member that the plan does not name any more is gone. Without a plan they are those of before.
 */
export function membersAfter(
  plan: ClusterPlan | undefined,
  soFar: StepsSoFar,
  holder: LeaseHolder,
  before: ClusterRecord | undefined,
): readonly ClusterMember[] {
  if (plan === undefined) return before?.members ?? [];
  const changed = plan.phases.flatMap((phase) => membersOfPhase(plan, phase, soFar, holder));
  // One VMID can be in two phases: what comes later counts.
  const byVmid = new Map([...plan.keeps, ...changed].map((member) => [member.vmid, member]));
  return membersInOrder([...byVmid.values()]);
}

/** The step that removes from etcd what is left of a control plane that is gone. */
export function goneStep({ name }: Pick<ClusterMember, 'name'>): string {
  return `unlist-${name}`;
}

/**
 * The members that the record has after an operation: beside those of now the control planes that are gone and that etcd may
 * list still. The next operation finds them there.
 */
export function membersKept(
  plan: Pick<ClusterPlan, 'talos'> | undefined,
  soFar: StepsSoFar,
  now: readonly ClusterMember[],
): readonly ClusterMember[] {
  const listed = (plan?.talos?.gone ?? []).filter(
    (member) => !isDone(soFar, goneStep(member)) && !now.some(({ vmid }) => vmid === member.vmid),
  );
  return listed.length === 0 ? now : membersInOrder([...now, ...listed]);
}

function membersOfPhase(
  plan: ClusterPlan,
  phase: ClusterPhase,
  soFar: StepsSoFar,
  holder: LeaseHolder,
): readonly ClusterMember[] {
  switch (phase.kind) {
    case 'make':
      return phase.machines.flatMap((machine) => made(plan, machine, soFar, holder) ?? []);
    case 'setAside':
      return phase.removals.flatMap((removal) => setAside(removal, soFar) ?? []);
    case 'delete':
      return phase.removals.flatMap(({ member }) => (isDone(soFar, `delete-${member.vmid}`) ? [] : [member]));
    case 'revive':
      return phase.removals.map((removal) => revived(removal, soFar));
    case 'adopt':
      return phase.adoptions.flatMap((adoption) => adopted(adoption, soFar, holder) ?? []);
  }
}

function made(
  { protection }: ClusterPlan,
  machine: PlannedMachine,
  soFar: StepsSoFar,
  { firstExecutionRunId: run }: LeaseHolder,
): ClusterMember | undefined {
  const { name, role, ordinal, vmid, source, begun } = machine;
  if (begun === undefined && !isBegun(soFar, `clone-${vmid}`)) return undefined;
  if (soFar.results[`clone-${vmid}`]?.captures['isThere'] === false) return undefined;
  const uuid = uuidOf(soFar, vmid) ?? begun?.uuid;
  const address = addressSeen(soFar, vmid) ?? machine.address?.address;
  const isReady = isDone(soFar, `ready-${vmid}`) && (!protection || isDone(soFar, `protect-${vmid}`));
  return {
    ...{ name, role, ordinal, vmid, node: nodeOf(machine, soFar), run: begun?.run ?? run },
    ...(uuid === undefined ? {} : { uuid }),
    ...(address === undefined ? {} : { address }),
    generation: begun?.generation ?? source.generation,
    state: isReady ? 'ready' : 'made',
  };
}

/** Steps that tell where a machine is, the last one first: of Talos that is known before it is ready, and may change. */
const tellAddress = ['ready', 'configured', 'maintenance', 'address'] as const;

/** Where it answered last, or its guest tells that it is. */
function addressSeen({ results }: StepsSoFar, vmid: number): string | undefined {
  for (const step of tellAddress) {
    const address = textIn(results, `${step}-${vmid}`, 'address');
    if (address !== undefined) return address;
  }
  return undefined;
}

/** Until it has moved it is where it was cloned. */
function nodeOf({ vmid, node, way, source, begun }: PlannedMachine, soFar: StepsSoFar): string {
  const seen = textIn(soFar.results, `identify-${vmid}`, 'node') ?? begun?.node;
  if (seen !== undefined) return seen;
  return way === 'fullThenMoved' && !isDone(soFar, `move-${vmid}`) ? source.node : node;
}

/** Undefined: somebody else had removed it by then. */
function setAside({ member, asideName }: PlannedRemoval, soFar: StepsSoFar): ClusterMember | undefined {
  if (!isDone(soFar, `aside-${member.vmid}`)) return member;
  if (soFar.results[`aside-${member.vmid}`]?.captures['wasThere'] === false) return undefined;
  const before = member.state === 'made' ? { neverReady: true as const } : {};
  return { ...member, name: asideName, state: 'aside', ...before };
}

/**
 * Until it runs it counts as set aside, under its own name: another undo goes on with it. Then it is what it was before,
 * where it answers now: whether it is ready again the operation tells.
 */
function revived({ member, nameThen = member.name }: PlannedRemoval, soFar: StepsSoFar): ClusterMember {
  const { vmid } = member;
  if (!isDone(soFar, `revive-${vmid}`)) return member;
  if (!isDone(soFar, `start-${vmid}`)) return { ...member, name: nameThen };
  const { neverReady, ...back } = member;
  const address = isReadyAgain(soFar, vmid) ? textIn(soFar.results, readyStep(vmid), 'address') : undefined;
  return {
    ...back,
    name: nameThen,
    state: neverReady === true ? 'made' : 'ready',
    ...(address === undefined ? {} : { address }),
  };
}

/** Whether a machine that was brought back was seen to be ready again. */
export function isReadyAgain(soFar: Pick<StepsSoFar, 'steps'>, vmid: number): boolean {
  return isDone(soFar, readyStep(vmid));
}

function readyStep(vmid: number): string {
  return `ready-${vmid}`;
}

function adopted(
  { role, ordinal, vmid, node, uuid, nameNow }: PlannedAdoption,
  soFar: StepsSoFar,
  { firstExecutionRunId: run }: LeaseHolder,
): ClusterMember | undefined {
  const isThere = soFar.results[`adopt-${vmid}`]?.captures['isThere'] === true;
  if (!isThere && !isDone(soFar, `adopt-${vmid}`)) return undefined;
  return { name: nameNow, role, ordinal, vmid, node, uuid, run, state: 'ready' };
}

function isDone({ steps }: Pick<StepsSoFar, 'steps'>, id: string): boolean {
  return steps.some((step) => step.id === id && step.phase === 'done');
}

function isBegun({ steps }: StepsSoFar, id: string): boolean {
  return steps.some((step) => step.id === id && step.phase !== 'waiting');
}

function textIn(results: StepsSoFar['results'], id: string, name: string): string | undefined {
  const value = results[id]?.captures[name];
  return typeof value === 'string' ? value : undefined;
}
