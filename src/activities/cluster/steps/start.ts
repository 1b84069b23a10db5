import type { ClusterMember } from '../../../domain/cluster/member';
import type { ClusterFrame } from '../../../domain/cluster/plan';
import type {
  ClusterStepArguments,
  MachineStepArguments,
  RemovalStepArguments,
} from '../../../domain/cluster/step';
import type { TaskBegun } from '../../../domain/template/step';
import { ownAddresses, typeIfKnown } from '../../../planning/cluster/ownAddresses';
import { beginGuestTask } from '../../../proxmox/api/build';
import { qemuStatus } from '../../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import { beginTask } from '../../guests/beginTask';
import type { ActivityAttempt } from '../../shared/attempt';
import { requireFreeAddress, type AddressLook } from './addressFree';
import { lookAtMachine, madeMember, ownMachine, revivedName } from '../machine';

/**
 * Starts a machine that was made; one that was begun before may run already. A late duplicate finds it running and changes
 * nothing. Throws PlanDrifted where another guest was given its static address meanwhile.
 */
export function startMachine(
  client: ProxmoxClient,
  lookAtAddresses: AddressLook,
  attempt: ActivityAttempt,
  input: MachineStepArguments,
): Promise<TaskBegun> {
  const { name, vmid, node, address, begun } = input.machine;
  const ifSkipped = `a new plan gives ${name} another one`;
  return start(client, attempt, input, {
    member: madeMember(input),
    mayRun: begun !== undefined,
    async mayStart() {
      if (address === undefined) return;
      await requireFreeAddress(lookAtAddresses, { name, vmid, node, address: address.address, ifSkipped });
    },
  });
}

/**
 * Starts a machine that was set aside and has its name again. A late duplicate finds it running and changes nothing. Throws
 * PlanDrifted where another guest was given its static address meanwhile: only plans of ours keep off it.
 */
export function startMember(
  client: ProxmoxClient,
  lookAtAddresses: AddressLook,
  attempt: ActivityAttempt,
  input: RemovalStepArguments,
): Promise<TaskBegun> {
  const { member } = input.removal;
  const orName = revivedName(input.removal, input.frame);
  const back = { ...member, name: orName };
  const options = { signal: attempt.signal };
  return start(client, attempt, input, {
    ...{ member, mayRun: true, orName },
    mayStart: () => requireOwnAddresses(client, lookAtAddresses, back, input.frame, options),
  });
}

/** The addresses that its own configuration gives it: what it has by DHCP it need not get again. */
async function requireOwnAddresses(
  client: ProxmoxClient,
  lookAtAddresses: AddressLook,
  member: ClusterMember,
  frame: ClusterFrame,
  options: CallOptions,
): Promise<void> {
  const { name, vmid, node } = member;
  const seen = await lookAtMachine(client, { node, vmid }, options);
  const ifSkipped = 'it stays off, with its own name';
  const own = seen === undefined ? [] : ownAddresses(typeIfKnown(frame), member, seen.keys);
  for (const address of own) {
    await requireFreeAddress(lookAtAddresses, { name, vmid, node, address, ifSkipped });
  }
}

async function start(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: ClusterStepArguments,
  {
    member,
    mayRun,
    orName,
    mayStart,
  }: {
    readonly member: ClusterMember;
    readonly mayRun: boolean;
    readonly orName?: string;
    readonly mayStart?: () => Promise<void>;
  },
): Promise<TaskBegun> {
  const { vmid, node, name } = member;
  const options = { signal: attempt.signal };
  const wanted = {
    ...{ attempted: `start VM ${vmid} (${name})`, member, cluster: input.frame },
    ...(orName === undefined ? {} : { orName }),
  };
  return beginTask(client, attempt, {
    // HA starts what it manages: then that is what the task asks for.
    task: { node, types: ['qmstart', 'hastart'], id: String(vmid) },
    before: input,
    mayBeDoneAtFirst: mayRun,
    async isDone() {
      await ownMachine(client, wanted, options);
      return (await qemuStatus(client, { node, vmid }, options)).running;
    },
    async send() {
      await mayStart?.();
      await ownMachine(client, wanted, options);
      attempt.requireAlive();
      return beginGuestTask(client, { node, vmid }, 'status/start', {}, options);
    },
  });
}
