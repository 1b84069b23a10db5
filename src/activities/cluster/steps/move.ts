import type { MachineStepArguments } from '../../../domain/cluster/step';
import type { TaskBegun } from '../../../domain/template/step';
import { beginGuestTask } from '../../../proxmox/api/build';
import type { ProxmoxClient } from '../../../proxmox/types';
import { beginTask } from '../../guests/beginTask';
import type { ActivityAttempt } from '../../shared/attempt';
import { firstNodeOf, lookAtMachine, madeMember, ownMachine, requireMember } from '../machine';

/**
 * Moves a machine, offline, from the node on which it was cloned to its own. A late duplicate is refused: the machine is
 * locked, or not there any more.
 */
export async function moveMachine(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: MachineStepArguments,
): Promise<TaskBegun> {
  const { machine, frame: cluster } = input;
  const { vmid, node, name } = machine;
  const options = { signal: attempt.signal };
  const from = { node: firstNodeOf(machine), vmid };
  const attempted = `move VM ${vmid} (${name}) from ${from.node} to ${node}`;
  const member = madeMember(input);
  return beginTask(client, attempt, {
    task: { node: from.node, types: ['qmigrate'], id: String(vmid) },
    before: input,
    mayBeDoneAtFirst: false,
    async isDone() {
      const seen = await lookAtMachine(client, { node, vmid }, options);
      if (seen === undefined) return false;
      requireMember({ attempted, member, cluster }, seen);
      return seen.lock === undefined;
    },
    async send() {
      await ownMachine(client, { attempted, member: { ...member, ...from }, cluster }, options);
      attempt.requireAlive();
      return beginGuestTask(client, from, 'migrate', { target: node }, options);
    },
  });
}
