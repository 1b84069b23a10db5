import { ManagerError, problem } from '../../domain/errors';
import type { TaskBegun, TasksBefore } from '../../domain/template/step';
import { changeConfig, deleteQemu } from '../../proxmox/api/build';
import type { GuestPlace } from '../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { isCode } from '../shared/adoption';
import type { ActivityAttempt } from '../shared/attempt';
import { beginTask, lookAfter, toldAbsent } from './beginTask';

/** A virtual machine that is to be deleted. */
export interface DeletionWish {
  /** What is attempted, in words. */
  readonly attempted: string;
  readonly place: GuestPlace;
  readonly before: TasksBefore;
  /** The digest of its configuration; undefined: it is gone. Throws unless it is the one that is meant, and may go. */
  readonly look: (options: CallOptions) => Promise<string | undefined>;
  /** Puts its VMID in quarantine in the ledger, before anything is sent. */
  readonly quarantine: () => Promise<void>;
  /** Whether it is nowhere any more, after a request that was lost or refused. */
  readonly isGone: (options: CallOptions) => Promise<boolean>;
}

/**
 * Deletes a virtual machine. Asked once. DELETE takes no digest: what protects against a late duplicate is that the VMID
 * is in quarantine before it is sent, so nothing of ours has it for hours; that `protection` is set to 0 by the same
 * attempt, with the digest of the last look, as late as possible, also where it is off; and that the attempt is fresh.
 * Throws what `look` throws, with nothing touched. Done where it is gone.
 */
export async function deleteGuest(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  { attempted, place, before, look, quarantine, isGone }: DeletionWish,
): Promise<TaskBegun> {
  const { node, vmid } = place;
  const options = { signal: attempt.signal };
  let isAbsent = false;
  try {
    const begun = await beginTask(client, attempt, {
      task: { node, types: ['qmdestroy'], id: String(vmid) },
      before,
      mayBeDoneAtFirst: true,
      onlyOnce: true,
      async isDone() {
        const isThere = (await look(options)) !== undefined;
        isAbsent = !isThere && before.isFirst === true && attempt.isFirst;
        if (isThere) await quarantine();
        return !isThere;
      },
      async send() {
        // Once more: other requests have been made since, and this is the last look before it is gone.
        const digest = await look(options);
        if (digest === undefined) throw gone(attempted, place);
        attempt.requireAlive();
        // Without protection as well: the digest refuses it where the VMID is another machine's since the look.
        await changeConfig(client, place, digest, { protection: false }, options);
        attempt.requireAlive();
        return deleteQemu(client, place, options);
      },
    });
    return toldAbsent(begun, isAbsent);
  } catch (error) {
    // The request was lost or refused, and the machine is nowhere any more: that is what was wanted.
    if (!isCode(error, 'OutcomeUnknown') && !isCode(error, 'GuestNotFound')) throw error;
    if (!(await lookAfter(error, () => isGone(options)))) throw error;
    return { kind: 'done' };
  }
}

function gone(attempted: string, { node, vmid }: GuestPlace): ManagerError {
  return new ManagerError(problem('GuestNotFound', { attempted, node, failed: `VM ${vmid} is gone` }));
}
