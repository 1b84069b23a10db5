import type { MachineStepArguments } from '../../../domain/cluster/step';
import { ManagerError, problem } from '../../../domain/errors';
import { qemuConfig, qemuStatus } from '../../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import { changeUntilSo } from '../../guests/changeUntilSo';
import type { ActivityAttempt } from '../../shared/attempt';
import { madeMember, ownMachine } from '../machine';
import { missingConfiguration } from './configuration';

/**
 * Gives a machine what its plan says, in one change of its configuration: processors, memory, network cards, addresses,
 * users, tags, start order, further disks. What is so already is not sent: repeating it finds it done, network cards keep
 * their MAC addresses, no disk is made twice. A late duplicate is refused by the digest. Throws NotAsExpected where some of
 * it waits for the next start of a machine that was begun before and runs.
 */
export async function configureMachine(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: MachineStepArguments,
): Promise<void> {
  const { machine, frame } = input;
  const options = { signal: attempt.signal };
  const attempted = `configure VM ${machine.vmid} (${machine.name})`;
  const wanted = { attempted, member: madeMember(input), cluster: frame };
  await changeUntilSo(client, attempt, {
    look: () => ownMachine(client, wanted, options),
    missing: ({ keys }) => missingConfiguration(frame, machine, keys),
    trusted: true,
  });
  if (machine.begun !== undefined) await requireInForce(client, attempted, input, options);
}

/**
 * Cores and memory of a machine that runs take effect only with its next start (behaviour: 5.10), and the step that starts
 * it finds it running: what it was given would never be proven. Only what was begun before may run.
 */
async function requireInForce(
  client: ProxmoxClient,
  attempted: string,
  { machine, frame }: MachineStepArguments,
  options: CallOptions,
): Promise<void> {
  const { node, vmid } = machine;
  if (!(await qemuStatus(client, { node, vmid }, options)).running) return;
  const { keys } = await qemuConfig(client, { node, vmid }, { ...options, current: true });
  const waiting = Object.keys(missingConfiguration(frame, machine, keys));
  if (waiting.length === 0) return;
  throw new ManagerError(
    problem('NotAsExpected', {
      ...{ attempted, node },
      failed: `VM ${vmid} runs, and some of what it was given waits for its next start: ${waiting.join(', ')}`,
      remedy: `Shut VM ${vmid} down, from outside or inside (a reboot from inside is not enough), then retry: it is started with what it was given. skip leaves it as it is.`,
    }),
  );
}
