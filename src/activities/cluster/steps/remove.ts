import type { ClusterMember } from '../../../domain/cluster/member';
import type { RemovalStepArguments } from '../../../domain/cluster/step';
import { ManagerError, problem } from '../../../domain/errors';
import type { Destruction, TaskBegun } from '../../../domain/template/step';
import { newestSnapshot } from '../../../planning/cluster/seen';
import { isOther } from '../../../planning/rules/clusterIdentity';
import { qemuStatus, type GuestPlace } from '../../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import { toldAbsent } from '../../guests/beginTask';
import { deleteGuest } from '../../guests/deleteGuest';
import type { LedgerClient } from '../../ledger/client';
import { isCode, taskToAdopt } from '../../shared/adoption';
import type { ActivityAttempt } from '../../shared/attempt';
import { findMember, lookAtMachine, type SeenMachine, type Wanted } from '../machine';
import { askOwnNode, listedNode, whereItIs } from '../whereItIs';

/**
 * Deletes a machine by its identity: VMID, marker, SMBIOS uuid and the name last recorded, on whatever node it is by now;
 * once, as {@link deleteGuest} does it. Throws PlanDrifted, with nothing touched, for any other machine, one that runs, one
 * with volumes or snapshots that nobody approved, or one that somebody protected since. Done where it is nowhere.
 */
export async function deleteMember(
  client: ProxmoxClient,
  ledger: Pick<LedgerClient, 'quarantineVmid'>,
  attempt: ActivityAttempt,
  input: RemovalStepArguments,
): Promise<TaskBegun> {
  const planned = wantedOf(input);
  requireKnownUuid(planned);
  const found = await whereItIs(client, planned, { signal: attempt.signal });
  if (found === undefined && (await isSilent(client, planned, attempt))) {
    return toldAbsent({ kind: 'done' }, input.isFirst === true && attempt.isFirst);
  }
  // Its own last look, right before the request, is at this one node.
  const wanted = found ?? planned;
  const { attempted, member } = wanted;
  return deleteGuest(client, attempt, {
    attempted,
    place: member,
    before: input,
    async look(options) {
      const seen = await findMember(client, wanted, options);
      if (seen === undefined) return undefined;
      requireAsApproved(input, wanted, seen);
      await requireStopped(client, wanted, options);
      return seen.digest;
    },
    quarantine: () => ledger.quarantineVmid(input.holder, member.vmid),
    isGone: async (options) => (await whereStill(client, member, options)) === undefined,
  });
}

/**
 * Looks what became of a deletion: a task of it, or the machine is gone on all nodes, or it is still there. Sends nothing.
 * What has its VMID by now and is certainly another machine does not count.
 */
export async function lookForRemoval(
  client: ProxmoxClient,
  attempt: Pick<ActivityAttempt, 'signal'>,
  input: RemovalStepArguments,
): Promise<Destruction> {
  const { member } = wantedOf(input);
  // Before its tasks: one that ends in between is among them.
  const there = await whereStill(client, member, { signal: attempt.signal });
  const task = { node: there?.node ?? member.node, types: ['qmdestroy'], id: String(member.vmid) };
  const upid = await taskToAdopt(client, attempt, task, input.settledTasks).catch((error: unknown) => {
    // It is nowhere: a node that is silent has nothing to add.
    if (there === undefined && isCode(error, 'NodeUnreachable')) return undefined;
    throw error;
  });
  if (upid !== undefined) return { kind: 'adopted', upid };
  return { kind: there === undefined ? 'done' : 'nothing' };
}

function wantedOf({ removal: { member }, frame: cluster }: RemovalStepArguments): Wanted {
  const { vmid, name, node } = member;
  return { attempted: `delete VM ${vmid} (${name}) on ${node}`, member, cluster };
}

/** Whether its own node does not answer, which could then tell nothing of its tasks either. */
async function isSilent(
  client: ProxmoxClient,
  { member }: Wanted,
  { signal }: Pick<ActivityAttempt, 'signal'>,
): Promise<boolean> {
  return (await askOwnNode(client, member, { signal })).silence !== undefined;
}

/**
 * Where it is still; undefined: on no node, neither on its own, which is asked itself, nor on any other one of the cluster's
 * list, in which it may stand a moment longer. Throws NodeUnreachable where its own node is silent and the list has it there.
 */
async function whereStill(
  client: ProxmoxClient,
  member: ClusterMember,
  options: CallOptions,
): Promise<GuestPlace | undefined> {
  const answer = await askOwnNode(client, member, options);
  if (answer.seen !== undefined) return isOther(answer.seen, member) ? undefined : answer.seen;
  const { vmid, node } = member;
  const listed = await listedNode(client, member, answer, options);
  if (listed === undefined || listed === node) return undefined;
  const seen = await lookAtMachine(client, { vmid, node: listed }, options);
  return seen === undefined || isOther(seen, member) ? undefined : seen;
}

/** Without a uuid a machine that took over name, tags and a copied marker could not be told apart. */
function requireKnownUuid({ attempted, member: { node, name, uuid } }: Wanted): void {
  if (uuid !== undefined) return;
  throw new ManagerError(
    problem('PlanDrifted', {
      ...{ attempted, node },
      failed: `the SMBIOS uuid of ${name} was never read: nothing would tell it from another machine`,
      remedy: 'Nothing was touched. Make a new plan: it reads who the machine is first.',
    }),
  );
}

/** What goes with it is what was approved, and nobody has protected it since. */
function requireAsApproved(
  { removal }: RemovalStepArguments,
  { attempted }: Wanted,
  seen: SeenMachine,
): void {
  const { node, vmid, volumes, protection, keys } = seen;
  const added = volumes.filter((volume) => !removal.volumes.includes(volume));
  if (added.length > 0) {
    const failed = `VM ${vmid} has volumes that are not in the plan: ${added.join(', ')}`;
    const remedy =
      'Nothing was touched. Find out what is on them: detach or move what is needed still, or make a new plan, which shows them.';
    throw new ManagerError(problem('PlanDrifted', { attempted, node, failed, remedy }));
  }
  const snapshot = newestSnapshot(keys);
  if (snapshot !== undefined && snapshot !== removal.snapshot) {
    const failed = `the newest snapshot of VM ${vmid} is ${snapshot}, which is not in the plan`;
    const remedy =
      'Nothing was touched. It would be deleted with the machine: remove it, or make a new plan, which shows it; skip keeps both.';
    throw new ManagerError(problem('PlanDrifted', { attempted, node, failed, remedy }));
  }
  if (!protection || removal.protection !== false) return;
  const failed = `somebody has protected VM ${vmid} against removal since the plan was made`;
  const remedy =
    'Nothing was touched. skip keeps it; else take the protection off in its options, then retry.';
  throw new ManagerError(problem('PlanDrifted', { attempted, node, failed, remedy }));
}

async function requireStopped(
  client: ProxmoxClient,
  { attempted, member: { node, vmid } }: Wanted,
  options: CallOptions,
): Promise<void> {
  if (!(await qemuStatus(client, { node, vmid }, options)).running) return;
  const failed = `VM ${vmid} runs: it was started again after it was shut down`;
  const remedy = 'Nothing was touched. Find out who starts it, shut it down, then retry; skip keeps it.';
  throw new ManagerError(problem('PlanDrifted', { attempted, node, failed, remedy }));
}
