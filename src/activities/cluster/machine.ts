import type { ClusterMember } from '../../domain/cluster/member';
import type { PlannedMachine, PlannedRemoval } from '../../domain/cluster/plan';
import type { AdoptionStepArguments, MachineStepArguments } from '../../domain/cluster/step';
import { ManagerError, problem } from '../../domain/errors';
import type { MarkedMember } from '../../planning/cluster/facts';
import { nameThenOf } from '../../planning/cluster/names';
import { seenMember } from '../../planning/cluster/seen';
import { mismatchOf, type ClusterIdentity } from '../../planning/rules/clusterIdentity';
import { clusterResources } from '../../proxmox/api/cluster';
import { qemuConfig, type GuestPlace } from '../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { requireNowhere } from '../guests/guest';
import { isCode } from '../shared/adoption';

/** A machine as its configuration tells it, which does not say whether it runs. */
export interface SeenMachine extends Omit<MarkedMember, 'running'> {
  /** What guards changes of its configuration. */
  readonly digest: string;
}

/** Looks at a machine on the node that should have it; undefined if it is not there. One request. */
export async function lookAtMachine(
  client: ProxmoxClient,
  { node, vmid }: GuestPlace,
  options: CallOptions,
): Promise<SeenMachine | undefined> {
  try {
    const { keys, digest = '' } = await qemuConfig(client, { node, vmid }, options);
    return { ...seenMember({ node, vmid, running: false }, keys), digest };
  } catch (error) {
    if (isCode(error, 'GuestNotFound')) return undefined;
    throw error;
  }
}

/** The node that has a VMID now; undefined: none has. The list of all guests is the cluster's own (behaviour: 4.2). */
export async function nodeOf(
  client: ProxmoxClient,
  vmid: number,
  options: CallOptions,
): Promise<string | undefined> {
  return (await clusterResources(client, 'vm', options)).find((guest) => guest.vmid === vmid)?.node;
}

/** Who a machine is that an operation makes, or finishes: then it is what an operation before has begun. */
export function madeMember({
  machine: { name, role, ordinal, vmid, node, begun },
  holder: { firstExecutionRunId: run },
  uuid,
}: Pick<MachineStepArguments, 'machine' | 'holder' | 'uuid'>): ClusterMember {
  return {
    ...{ name, role, ordinal, vmid, run, state: 'made' },
    ...begun,
    node,
    ...(uuid === undefined ? {} : { uuid }),
  };
}

/** Who a machine is once it was adopted: it keeps its name. */
export function adoptedMember({
  adoption: { role, ordinal, vmid, node, uuid, nameNow: name },
  holder: { firstExecutionRunId: run },
}: Pick<AdoptionStepArguments, 'adoption' | 'holder'>): ClusterMember {
  return { name, role, ordinal, vmid, node, uuid, run, state: 'ready' };
}

/** The node on which a machine is as soon as its clone has ended. */
export function firstNodeOf({ way, source, node, begun }: PlannedMachine): string {
  return begun?.node ?? (way === 'fullThenMoved' ? source.node : node);
}

/** What a machine that is set aside is called once it is back. */
export function revivedName(
  { member, nameThen }: PlannedRemoval,
  { profile }: Pick<ClusterIdentity, 'profile'>,
): string {
  return nameThen ?? nameThenOf(profile, member);
}

/** What a machine is looked for as. */
export interface Wanted {
  /** What is attempted with it, in words. */
  readonly attempted: string;
  readonly member: ClusterMember;
  readonly cluster: ClusterIdentity;
  /** What it may be called beside the name last recorded: a step before may have renamed it. */
  readonly orName?: string;
}

/**
 * The machine that is meant, on its node; undefined: there is none of its VMID on any node. Throws PlanDrifted where its
 * VMID is another machine's, or where it was moved: nothing was touched then.
 */
export async function findMember(
  client: ProxmoxClient,
  wanted: Wanted,
  options: CallOptions,
): Promise<SeenMachine | undefined> {
  const { attempted, member } = wanted;
  const seen = await lookAtMachine(client, member, options);
  if (seen === undefined) await requireNowhere(client, attempted, member, options);
  else requireMember(wanted, seen);
  return seen;
}

/** The machine that is meant; as {@link findMember}, but throws GuestNotFound where it is nowhere. */
export async function ownMachine(
  client: ProxmoxClient,
  wanted: Wanted,
  options: CallOptions,
): Promise<SeenMachine> {
  const seen = await findMember(client, wanted, options);
  if (seen !== undefined) return seen;
  throw notThere(wanted);
}

/** A machine that is nowhere. */
export function notThere({
  attempted,
  member: { vmid, node },
}: {
  readonly attempted: string;
  readonly member: GuestPlace;
}): ManagerError {
  return new ManagerError(
    problem('GuestNotFound', { attempted, node, failed: `VM ${vmid} is not there, nor on any other node` }),
  );
}

/** Throws PlanDrifted unless a machine is the member that is meant. */
export function requireMember({ attempted, member, cluster, orName }: Wanted, seen: SeenMachine): void {
  requireWhole(attempted, seen);
  const names = orName === undefined ? [member.name] : [member.name, orName];
  const mismatches = names.map((name) => mismatchOf(seen, { ...member, name }, cluster));
  const mismatch = mismatches.includes(undefined) ? templateMismatch(seen) : mismatches[0];
  if (mismatch === undefined) return;
  const { vmid, name, node } = seen;
  throw new ManagerError(
    problem('PlanDrifted', {
      attempted,
      node,
      failed: `VM ${vmid} (${name || 'without a name'}) on ${node} is not ${member.name} of ${cluster.profile}: ${mismatch}`,
      remedy: `Nothing of it was touched. Look at VM ${vmid} on ${node}; skip leaves it, a new plan leaves it out.`,
    }),
  );
}

/** Whoever made a template of it wants it kept. */
function templateMismatch({ template }: SeenMachine): string | undefined {
  return template ? 'it was made a template' : undefined;
}

/** While a clone is made its configuration says nothing of who it is (behaviour: 5.13). */
function requireWhole(attempted: string, { vmid, node, lock, marker }: SeenMachine): void {
  if (lock !== 'clone' || marker !== undefined) return;
  throw new ManagerError(
    problem('GuestLocked', {
      attempted,
      node,
      failed: `VM ${vmid} on ${node} is just being cloned, or a clone of it broke off: nothing tells whose it is`,
      remedy: `Look for a running task qmclone on ${node} and wait until it has ended, then retry. If there is none, look at VM ${vmid} and remove it by hand.`,
    }),
  );
}
