import type { MachineStepArguments } from '../../../domain/cluster/step';
import type { ProxmoxClient } from '../../../proxmox/types';
import { changeUntilSo } from '../../guests/changeUntilSo';
import type { ActivityAttempt } from '../../shared/attempt';
import { madeMember, ownMachine } from '../machine';
import { missingConfiguration } from './configuration';

/**
 * Gives a machine what its plan says, in one change of its configuration: processors, memory, network cards, addresses,
 * users, tags, start order, further disks. What is so already is not sent: repeating it finds it done, network cards keep
 * their MAC addresses, no disk is made twice. A late duplicate is refused by the digest.
 */
export async function configureMachine(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: MachineStepArguments,
): Promise<void> {
  const { machine, frame } = input;
  const attempted = `configure VM ${machine.vmid} (${machine.name})`;
  const wanted = { attempted, member: madeMember(input), cluster: frame };
  await changeUntilSo(client, attempt, {
    look: () => ownMachine(client, wanted, { signal: attempt.signal }),
    missing: ({ keys }) => missingConfiguration(frame, machine, keys),
    trusted: true,
  });
}
