import { ManagerError, problem } from '../../../domain/errors';
import type { GuestIdentity, TaskBegun, TemplateStepArguments } from '../../../domain/template/step';
import type { TemplatePlan } from '../../../domain/templatePlan';
import { printMarker } from '../../../planning/template/marker';
import { markerFor } from '../../../planning/template/markerFor';
import { beginGuestTask } from '../../../proxmox/api/build';
import { qemuStatus } from '../../../proxmox/api/guests';
import type { ProxmoxClient } from '../../../proxmox/types';
import type { ActivityAttempt } from '../../shared/attempt';
import { beginTask } from './begin';
import { isTheOne, lookAtGuest, stranger } from './guest';

/** The pool in which the role allows what a boot test asks of an agent (docs/access.md). */
export const buildsPool = 'pxm-builds';

/** What a test clone is called. */
export function testName({ buildName }: Pick<TemplatePlan, 'buildName'>): string {
  return `${buildName.slice(0, 58)}-test`;
}

/** Who the test clone of a plan is. */
export function testIdentity({
  plan,
  holder,
}: Pick<TemplateStepArguments, 'plan' | 'holder'>): GuestIdentity {
  const { bootTest } = plan;
  if (bootTest === undefined) {
    throw new ManagerError(
      problem('Internal', { attempted: 'test a template', failed: 'its plan has no boot test' }),
    );
  }
  return {
    node: bootTest.node,
    vmid: bootTest.vmid,
    name: testName(plan),
    kind: 'test',
    template: plan.name,
    run: holder.firstExecutionRunId,
  };
}

/**
 * Clones the first copy for its boot test. A late duplicate is refused: the VMID exists. The task's UPID carries the
 * template's VMID; the template is this operation's alone, and it clones it once at a time.
 */
export async function cloneForTest(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: TemplateStepArguments,
): Promise<TaskBegun> {
  const { plan, holder, settledTasks } = input;
  const { signal } = attempt;
  const { node, vmid, name } = testIdentity(input);
  const template = plan.copies.find((copy) => copy.node === node)?.vmid ?? 0;
  const attempted = `clone VM ${template} as ${vmid} for a boot test`;
  const description = printMarker(markerFor(plan, holder, { kind: 'test', vmid }));
  return beginTask(client, attempt, {
    task: { node, types: ['qmclone'], id: String(template) },
    settledTasks,
    async isDone() {
      const guest = await lookAtGuest(client, { node, vmid }, { signal });
      if (guest === undefined) return false;
      if (!isTheOne(guest, testIdentity(input))) throw stranger(attempted, guest);
      return guest.lock === undefined;
    },
    send: () =>
      beginGuestTask(
        client,
        { node, vmid: template },
        'clone',
        { newid: vmid, name, description, pool: buildsPool },
        { signal },
      ),
  });
}

/** Starts the test clone. A late duplicate finds it running and changes nothing. */
export async function startTestClone(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: TemplateStepArguments,
): Promise<TaskBegun> {
  const { signal } = attempt;
  const { node, vmid } = testIdentity(input);
  const attempted = `start the test clone ${vmid} on ${node}`;
  return beginTask(client, attempt, {
    task: { node, types: ['qmstart'], id: String(vmid) },
    settledTasks: input.settledTasks,
    async isDone() {
      const guest = await lookAtGuest(client, { node, vmid }, { signal });
      if (guest === undefined) {
        throw new ManagerError(
          problem('GuestNotFound', { attempted, node, failed: `VM ${vmid} is not there` }),
        );
      }
      if (!isTheOne(guest, testIdentity(input))) throw stranger(attempted, guest);
      return (await qemuStatus(client, { node, vmid }, { signal })).running;
    },
    send: () => beginGuestTask(client, { node, vmid }, 'status/start', {}, { signal }),
  });
}
