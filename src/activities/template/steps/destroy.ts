import { ManagerError, problem } from '../../../domain/errors';
import type { DestroyArguments, Destruction, GuestIdentity, TaskBegun } from '../../../domain/template/step';
import { beginGuestTask } from '../../../proxmox/api/build';
import { qemuStatus } from '../../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import { beginTask, toldAbsent } from '../../guests/beginTask';
import { deleteGuest } from '../../guests/deleteGuest';
import { lookAtGuest, requireNowhere, stranger, type SeenGuest } from '../../guests/guest';
import type { LedgerClient } from '../../ledger/client';
import { taskToAdopt } from '../../shared/adoption';
import type { ActivityAttempt } from '../../shared/attempt';
import { isTheOne } from './identity';

/** Stops a guest before it is destroyed, if it is the one that is meant. Repeating it finds it stopped or gone. */
export async function stopGuest(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: DestroyArguments,
): Promise<TaskBegun> {
  const { identity } = input;
  const { node, vmid } = identity;
  const { signal } = attempt;
  let isAbsent = false;
  const begun = await beginTask(client, attempt, {
    task: { node, types: ['qmstop'], id: String(vmid) },
    before: input,
    mayBeDoneAtFirst: true,
    async isDone() {
      const guest = await lookAtGuest(client, { node, vmid }, { signal });
      isAbsent = input.isFirst === true && attempt.isFirst && guest === undefined;
      if (guest === undefined) return isNowhere(client, identity, { signal });
      requireTheOne(guest, identity);
      return !(await qemuStatus(client, { node, vmid }, { signal })).running;
    },
    send: () => beginGuestTask(client, { node, vmid }, 'status/stop', {}, { signal }),
  });
  return toldAbsent(begun, isAbsent);
}

/**
 * Destroys a guest by its identity: VMID, name and marker; once, as {@link deleteGuest} does it. Throws PlanDrifted, with
 * nothing touched, for any other guest, GuestLocked for an older version that somebody protected. Done where it is gone.
 */
export async function destroyGuest(
  client: ProxmoxClient,
  ledger: Pick<LedgerClient, 'quarantineVmid'>,
  attempt: ActivityAttempt,
  input: DestroyArguments,
): Promise<TaskBegun> {
  const { holder, identity } = input;
  const { vmid, name, node } = identity;
  return deleteGuest(client, attempt, {
    attempted: `destroy VM ${vmid} (${name}) on ${node}`,
    place: identity,
    before: input,
    async look(options) {
      const guest = await lookAtGuest(client, identity, options);
      if (guest === undefined) {
        await isNowhere(client, identity, options);
        return undefined;
      }
      requireTheOne(guest, identity);
      requireUnprotected(guest, identity);
      return guest.config.digest ?? '';
    },
    quarantine: () => ledger.quarantineVmid(holder, vmid),
    isGone: async (options) =>
      (await lookAtGuest(client, identity, options)) === undefined && isNowhere(client, identity, options),
  });
}

/** Of a version in use that it is not on its node is no deletion; what never came into force nobody moves. */
async function isNowhere(
  client: ProxmoxClient,
  identity: GuestIdentity,
  options: CallOptions,
): Promise<true> {
  const { vmid, name, node, generation } = identity;
  if (generation !== undefined) {
    await requireNowhere(client, `destroy VM ${vmid} (${name}) on ${node}`, identity, options);
  }
  return true;
}

/** Looks for the task of a destruction, or whether the guest is gone; sends nothing. */
export async function lookForDestruction(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { identity: { node, vmid }, settledTasks }: DestroyArguments,
): Promise<Destruction> {
  const task = { node, types: ['qmdestroy'], id: String(vmid) };
  const upid = await taskToAdopt(client, attempt, task, settledTasks);
  if (upid !== undefined) return { kind: 'adopted', upid };
  const guest = await lookAtGuest(client, { node, vmid }, { signal: attempt.signal });
  return { kind: guest === undefined ? 'done' : 'nothing' };
}

function requireTheOne(guest: SeenGuest, identity: GuestIdentity): void {
  if (isTheOne(guest, identity)) return;
  throw stranger(`destroy VM ${identity.vmid} (${identity.name}) on ${identity.node}`, guest);
}

/** Whoever protected an older version wants it kept; only what this operation made itself loses its protection. */
function requireUnprotected({ config }: SeenGuest, { run, vmid, name, node }: GuestIdentity): void {
  if (run !== undefined || config.keys.get('protection') !== '1') return;
  throw new ManagerError(
    problem('GuestLocked', {
      attempted: `destroy VM ${vmid} (${name}) on ${node}`,
      node,
      failed: 'it is protected against removal (protection: 1)',
      remedy: `skip keeps it; else take the protection off in its options, then retry.`,
    }),
  );
}
