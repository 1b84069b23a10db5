import { ManagerError, problem } from '../../../domain/errors';
import type { CopyStepArguments, TaskBegun } from '../../../domain/template/step';
import type { TemplateFrame } from '../../../domain/templatePlan';
import { originOf } from '../../../planning/rules/templateIdentities';
import { beginGuestTask } from '../../../proxmox/api/build';
import type { GuestPlace } from '../../../proxmox/api/guests';
import type { ProxmoxClient } from '../../../proxmox/types';
import { beginTask } from '../../guests/beginTask';
import { sendInCloneSlot, slotPurpose, type CloneSlots, type SlotWish } from '../../guests/cloneSlot';
import { lookAtGuest, stranger } from '../../guests/guest';
import type { ActivityAttempt } from '../../shared/attempt';
import { diskStorage } from './diskStorage';
import { copyDescription } from './finish';

function requireOrigin(plan: TemplateFrame) {
  const origin = originOf(plan);
  if (origin !== undefined) return origin;
  throw new ManagerError(
    problem('Internal', { attempted: 'copy a template', failed: 'its plan has nothing to copy' }),
  );
}

/**
 * Clones a template in full, for a copy that then moves to its node. A late duplicate is refused: the VMID exists. The
 * task's UPID carries the template's VMID: other clones of it by this operation have to be among the settled tasks.
 */
export async function cloneForCopy(
  client: ProxmoxClient,
  ledger: CloneSlots,
  attempt: ActivityAttempt,
  input: CopyStepArguments,
): Promise<TaskBegun> {
  const { plan, node, vmid } = input;
  const { signal } = attempt;
  const origin = requireOrigin(plan);
  return beginTask(client, attempt, {
    task: {
      ...{ node: origin.node, types: ['qmclone'], id: String(origin.vmid) },
      makes: { node: origin.node, vmid },
    },
    before: input,
    mayBeDoneAtFirst: false,
    isDone: async () =>
      (await isOurCopy(client, attempt, input, origin.node)) ||
      (await isOurCopy(client, attempt, input, node)),
    send: () =>
      sendInCloneSlot(ledger, attempt, slotWish(input, origin.node), async () => {
        await requireVersion(client, attempt, input, origin);
        attempt.requireAlive();
        const parameters = {
          ...{ newid: vmid, name: plan.buildName, full: true },
          description: copyDescription(input),
        };
        return beginGuestTask(client, origin, 'clone', parameters, { signal });
      }),
  });
}

function slotWish({ holder, plan, vmid }: CopyStepArguments, node: string): SlotWish {
  return { holder, node, vmid, storage: diskStorage(plan), kind: 'full' };
}

/** What is cloned is this version of this template still: its VMID may have become another guest's since the approval. */
async function requireVersion(
  client: ProxmoxClient,
  { signal }: ActivityAttempt,
  { plan, holder }: CopyStepArguments,
  origin: GuestPlace,
): Promise<void> {
  const attempted = `clone the template ${plan.name}`;
  const guest = await lookAtGuest(client, origin, { signal });
  if (guest === undefined) {
    const failed = `VM ${origin.vmid} is not on ${origin.node}`;
    throw new ManagerError(problem('GuestNotFound', { attempted, node: origin.node, failed }));
  }
  const { marker, template } = guest;
  const isThisVersion = marker?.generation === plan.generation || marker?.run === holder.firstExecutionRunId;
  if (!template || marker?.name !== plan.name || !isThisVersion) throw stranger(attempted, guest);
}

/** Moves a copy to its node, offline. A late duplicate is refused: the guest is locked, or not there any more. */
export async function moveCopy(
  client: ProxmoxClient,
  ledger: CloneSlots,
  attempt: ActivityAttempt,
  input: CopyStepArguments,
): Promise<TaskBegun> {
  const { plan, holder, node, vmid } = input;
  const { signal } = attempt;
  const from = requireOrigin(plan).node;
  await ledger.giveCloneSlotBack(holder, slotPurpose(vmid));
  return beginTask(client, attempt, {
    task: { node: from, types: ['qmigrate'], id: String(vmid) },
    before: input,
    mayBeDoneAtFirst: false,
    isDone: () => isOurCopy(client, attempt, input, node),
    send: () => beginGuestTask(client, { node: from, vmid }, 'migrate', { target: node }, { signal }),
  });
}

/** Whether the copy is on a node, whole. Throws where another guest has its VMID there. */
async function isOurCopy(
  client: ProxmoxClient,
  { signal }: ActivityAttempt,
  { plan, holder, vmid }: CopyStepArguments,
  node: string,
): Promise<boolean> {
  const guest = await lookAtGuest(client, { node, vmid }, { signal });
  if (guest === undefined) return false;
  if (guest.marker?.run !== holder.firstExecutionRunId || guest.name !== plan.buildName) {
    throw stranger(`copy the template ${plan.name} to ${node}`, guest);
  }
  return guest.lock === undefined;
}
