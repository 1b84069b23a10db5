import { ManagerError, problem } from '../../domain/errors';
import { clusterStatus } from '../../proxmox/api/cluster';
import type { GuestPlace } from '../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { isCode } from '../shared/adoption';
import { lookAtMachine, nodeOf, requireMember, type SeenMachine, type Wanted } from './machine';

/**
 * The machine that is meant, with the node that it is on by now: it may have been moved since the plan, and its own node
 * may be off since then. Undefined: there is none of its VMID on any node. Throws PlanDrifted where its VMID is another
 * machine's, wherever that is, where it is just being moved, or where two answers contradict each other: nothing was touched
 * then. Throws NodeUnreachable where its own node is silent and the cluster does not have it elsewhere, or gone.
 */
export async function whereItIs(
  client: ProxmoxClient,
  wanted: Wanted,
  options: CallOptions,
): Promise<Wanted | undefined> {
  const { member } = wanted;
  const seen = await lookOnAnyNode(client, wanted, options);
  if (seen === undefined) return undefined;
  requireMember(wanted, seen);
  return { ...wanted, member: { ...member, node: seen.node } };
}

/** What the node on which a machine should be says of it. */
interface OwnAnswer {
  /** Undefined: it is not there, or the node is silent. */
  readonly seen: SeenMachine | undefined;
  /** That the node did not answer. */
  readonly silence?: ManagerError;
}

/** Asks the node on which a machine should be, which may be off. */
export async function askOwnNode(
  client: ProxmoxClient,
  place: GuestPlace,
  options: CallOptions,
): Promise<OwnAnswer> {
  try {
    return { seen: await lookAtMachine(client, place, options) };
  } catch (error) {
    if (isCode(error, 'NodeUnreachable')) return { seen: undefined, silence: error };
    throw error;
  }
}

/**
 * Where the cluster lists a machine that its own node does not show; undefined: nowhere. Where that node is silent the list
 * decides, for nodes that are off are in it. Throws the silence if it is listed there, or if who tells that it is nowhere has
 * no quorum: such a node knows only what was.
 */
export async function listedNode(
  client: ProxmoxClient,
  { vmid, node }: GuestPlace,
  { silence }: OwnAnswer,
  options: CallOptions,
): Promise<string | undefined> {
  const listed = await nodeOf(client, vmid, options);
  if (silence === undefined || (listed !== undefined && listed !== node)) return listed;
  if (listed === node || !(await clusterStatus(client, options)).quorate) throw silence;
  return undefined;
}

async function lookOnAnyNode(
  client: ProxmoxClient,
  wanted: Wanted,
  options: CallOptions,
): Promise<SeenMachine | undefined> {
  const { member } = wanted;
  const answer = await askOwnNode(client, member, options);
  if (answer.seen !== undefined) return answer.seen;
  const listed = await listedNode(client, member, answer, options);
  if (listed === undefined) return undefined;
  if (listed === member.node) throw contradicted(wanted);
  const seen = await lookAtMachine(client, { vmid: member.vmid, node: listed }, options);
  if (seen === undefined) throw notReadable(wanted, listed);
  return seen;
}

/** Its node, or the one that was asked for the list, tells what was: it may be anywhere. */
function contradicted({ attempted, member: { vmid, name, node } }: Wanted): ManagerError {
  return new ManagerError(
    problem('PlanDrifted', {
      ...{ attempted, node },
      failed: `${node} says that it has no VM ${vmid} (${name}), and the cluster's list of guests has it on ${node}`,
      remedy:
        'Nothing of it was touched. It may just have been moved or removed, or a node has no quorum (pvecm status): retry looks again; skip leaves it.',
    }),
  );
}

function notReadable({ attempted, member: { vmid, name, node } }: Wanted, elsewhere: string): ManagerError {
  return new ManagerError(
    problem('PlanDrifted', {
      ...{ attempted, node: elsewhere },
      failed: `VM ${vmid} (${name}) is not on ${node} any more, and what the cluster lists as ${vmid} on ${elsewhere} is no virtual machine, or is just being moved`,
      remedy: `Nothing of it was touched. Look at ${vmid} on ${elsewhere}, then retry; skip leaves it.`,
    }),
  );
}
