import { ManagerError, problem } from '../../domain/errors';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { isCode } from '../shared/adoption';
import { lookAtMachine, nodeOf, requireMember, type SeenMachine, type Wanted } from './machine';

/**
 * The machine that is meant, with the node that it is on by now: it may have been moved since the plan, and its own node
 * may be off since then. Undefined: there is none of its VMID on any node. Throws PlanDrifted where its VMID is another
 * machine's, wherever that is, or where it is just being moved: nothing was touched then.
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

async function lookOnAnyNode(
  client: ProxmoxClient,
  wanted: Wanted,
  options: CallOptions,
): Promise<SeenMachine | undefined> {
  const { member } = wanted;
  try {
    return (await lookAtMachine(client, member, options)) ?? (await lookElsewhere(client, wanted, options));
  } catch (error) {
    if (!isCode(error, 'NodeUnreachable')) throw error;
    const elsewhere = await lookElsewhere(client, wanted, options);
    if (elsewhere === undefined) throw error;
    return elsewhere;
  }
}

/** Undefined: no other node has its VMID. */
async function lookElsewhere(
  client: ProxmoxClient,
  { attempted, member: { vmid, name, node } }: Wanted,
  options: CallOptions,
): Promise<SeenMachine | undefined> {
  const elsewhere = await nodeOf(client, vmid, options);
  if (elsewhere === undefined || elsewhere === node) return undefined;
  const seen = await lookAtMachine(client, { vmid, node: elsewhere }, options);
  if (seen !== undefined) return seen;
  throw new ManagerError(
    problem('PlanDrifted', {
      ...{ attempted, node: elsewhere },
      failed: `VM ${vmid} (${name}) is not on ${node} any more, and what the cluster lists as ${vmid} on ${elsewhere} is no virtual machine, or is just being moved`,
      remedy: `Nothing of it was touched. Look at ${vmid} on ${elsewhere}, then retry; skip leaves it.`,
    }),
  );
}
