import { ManagerError, problem } from '../../../domain/errors';
import type { DestroyArguments, Destruction, GuestIdentity, TaskBegun } from '../../../domain/template/step';
import { beginGuestTask, changeConfig, deleteQemu } from '../../../proxmox/api/build';
import { qemuStatus } from '../../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import { beginTask, lookAfter, toldAbsent } from '../../guests/beginTask';
import { lookAtGuest, requireNowhere, stranger, type SeenGuest } from '../../guests/guest';
import type { LedgerClient } from '../../ledger/client';
import { isCode, taskToAdopt } from '../../shared/adoption';
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
 * Destroys a guest by its identity: VMID, name and marker. DELETE takes no digest: what protects against a late
 * duplicate is that the VMID is in quarantine in the ledger before it is sent, so nothing of ours has it for hours; that
 * `protection` is taken off by the same attempt, with a digest, as late as possible; and that the attempt is fresh.
 */
export async function destroyGuest(
  client: ProxmoxClient,
  ledger: Pick<LedgerClient, 'quarantineVmid'>,
  attempt: ActivityAttempt,
  input: DestroyArguments,
): Promise<TaskBegun> {
  const { holder, identity } = input;
  const { node, vmid } = identity;
  const { signal } = attempt;
  const options = { signal };
  let isAbsent = false;
  try {
    const begun = await beginTask(client, attempt, {
      task: { node, types: ['qmdestroy'], id: String(vmid) },
      before: input,
      mayBeDoneAtFirst: true,
      onlyOnce: true,
      async isDone() {
        const guest = await lookAtGuest(client, { node, vmid }, options);
        isAbsent = input.isFirst === true && attempt.isFirst && guest === undefined;
        if (guest === undefined) return isNowhere(client, identity, options);
        requireTheOne(guest, identity);
        await ledger.quarantineVmid(holder, vmid);
        return false;
      },
      async send() {
        const guest = await lookAtGuest(client, { node, vmid }, options);
        if (guest === undefined) throw gone(identity);
        requireTheOne(guest, identity);
        attempt.requireAlive();
        if (guest.config.keys.get('protection') === '1') {
          if (identity.run === undefined) throw protectedGuest(identity);
          await changeConfig(client, { node, vmid }, guest.config.digest ?? '', { protection: 0 }, options);
          attempt.requireAlive();
        }
        return deleteQemu(client, { node, vmid }, options);
      },
    });
    return toldAbsent(begun, isAbsent);
  } catch (error) {
    // The request was lost or refused, and nothing is there any more: that is what was wanted.
    if (!isCode(error, 'OutcomeUnknown') && !isCode(error, 'GuestNotFound')) throw error;
    const look = async () =>
      (await lookAtGuest(client, { node, vmid }, options)) === undefined &&
      isNowhere(client, identity, options);
    if (!(await lookAfter(error, look))) throw error;
    return { kind: 'done' };
  }
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
function protectedGuest({ vmid, name, node }: GuestIdentity): ManagerError {
  return new ManagerError(
    problem('GuestLocked', {
      attempted: `destroy VM ${vmid} (${name}) on ${node}`,
      node,
      failed: 'it is protected against removal (protection: 1)',
      remedy: `skip keeps it; else take the protection off in its options, then retry.`,
    }),
  );
}

function gone({ vmid, node }: GuestIdentity): ManagerError {
  return new ManagerError(
    problem('GuestNotFound', { attempted: `destroy VM ${vmid} on ${node}`, node, failed: 'it is gone' }),
  );
}
