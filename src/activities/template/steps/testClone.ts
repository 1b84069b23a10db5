import { ManagerError, problem } from '../../../domain/errors';
import type { GuestIdentity, TaskBegun, TemplateStepArguments } from '../../../domain/template/step';
import { testIdentity } from '../../../planning/rules/templateIdentities';
import { printMarker } from '../../../planning/template/marker';
import { markerFor } from '../../../planning/template/markerFor';
import { beginGuestTask } from '../../../proxmox/api/build';
import { qemuStatus } from '../../../proxmox/api/guests';
import type { ProxmoxClient } from '../../../proxmox/types';
import { beginTask } from '../../guests/beginTask';
import { sendInCloneSlot, slotPurpose, type CloneSlots } from '../../guests/cloneSlot';
import { lookAtGuest, stranger } from '../../guests/guest';
import type { ActivityAttempt } from '../../shared/attempt';
import { diskStorage } from './diskStorage';
import { isTheOne } from './identity';

/** The pool in which the role allows what a boot test asks of an agent (docs/access.md). */
export const buildsPool = 'pxm-builds';

/** Who the test clone is that a step works on. */
export function ownTest({ plan, holder }: Pick<TemplateStepArguments, 'plan' | 'holder'>): GuestIdentity {
  const { bootTest } = plan;
  if (bootTest !== undefined) return testIdentity(plan, bootTest, holder);
  throw new ManagerError(
    problem('Internal', { attempted: 'test a template', failed: 'its plan has no boot test' }),
  );
}

/**
 * Clones the first copy for its boot test. A late duplicate is refused: the VMID exists. The task's UPID carries the
 * template's VMID; the template is this operation's alone, and it clones it once at a time.
 */
export async function cloneForTest(
  client: ProxmoxClient,
  ledger: CloneSlots,
  attempt: ActivityAttempt,
  input: TemplateStepArguments,
): Promise<TaskBegun> {
  const { plan, holder } = input;
  const { signal } = attempt;
  const { node, vmid, name } = ownTest(input);
  const template = plan.copies.find((copy) => copy.node === node)?.vmid ?? 0;
  const attempted = `clone VM ${template} as ${vmid} for a boot test`;
  const description = printMarker(markerFor(plan, holder, { kind: 'test', vmid }));
  return beginTask(client, attempt, {
    task: { node, types: ['qmclone'], id: String(template), makes: { node, vmid } },
    before: input,
    mayBeDoneAtFirst: false,
    async isDone() {
      const guest = await lookAtGuest(client, { node, vmid }, { signal });
      if (guest === undefined) return false;
      if (!isTheOne(guest, ownTest(input))) throw stranger(attempted, guest);
      return guest.lock === undefined;
    },
    send() {
      const slot = { holder, node, vmid, storage: diskStorage(plan), kind: 'linked' } as const;
      return sendInCloneSlot(ledger, attempt, slot, () => {
        attempt.requireAlive();
        const parameters = { newid: vmid, name, description, pool: buildsPool };
        return beginGuestTask(client, { node, vmid: template }, 'clone', parameters, { signal });
      });
    },
  });
}

/** Starts the test clone. A late duplicate finds it running and changes nothing. */
export async function startTestClone(
  client: ProxmoxClient,
  ledger: CloneSlots,
  attempt: ActivityAttempt,
  input: TemplateStepArguments,
): Promise<TaskBegun> {
  const { signal } = attempt;
  const { holder } = input;
  const { node, vmid } = ownTest(input);
  const attempted = `start the test clone ${vmid} on ${node}`;
  await ledger.giveCloneSlotBack(holder, slotPurpose(vmid));
  return beginTask(client, attempt, {
    task: { node, types: ['qmstart'], id: String(vmid) },
    before: input,
    mayBeDoneAtFirst: false,
    async isDone() {
      const guest = await lookAtGuest(client, { node, vmid }, { signal });
      if (guest === undefined) {
        throw new ManagerError(
          problem('GuestNotFound', { attempted, node, failed: `VM ${vmid} is not there` }),
        );
      }
      if (!isTheOne(guest, ownTest(input))) throw stranger(attempted, guest);
      return (await qemuStatus(client, { node, vmid }, { signal })).running;
    },
    send: () => beginGuestTask(client, { node, vmid }, 'status/start', {}, { signal }),
  });
}
