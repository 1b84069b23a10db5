import type { PlannedMachine } from '../../../domain/cluster/plan';
import type { MachineStepArguments } from '../../../domain/cluster/step';
import { ManagerError, problem } from '../../../domain/errors';
import type { TaskBegun } from '../../../domain/template/step';
import { memberMarkerFor, printMemberMarker } from '../../../planning/cluster/marker';
import { beginGuestTask, type BuildParameters } from '../../../proxmox/api/build';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import { beginTask } from '../../guests/beginTask';
import { sendInCloneSlot, slotPurpose, type CloneSlots, type SlotWish } from '../../guests/cloneSlot';
import { lookAtGuest, requireNowhere } from '../../guests/guest';
import type { ActivityAttempt } from '../../shared/attempt';
import {
  firstNodeOf,
  lookAtMachine,
  madeMember,
  notThere,
  requireMember,
  type SeenMachine,
} from '../machine';
import { cloneStorageOf } from './reservations';

/**
 * Clones a copy of the template, with the marker of the member in the request itself: there is no moment at which a machine
 * of ours has none. Right before it is sent the copy is looked at once more. A late duplicate is refused as long as the VMID
 * exists; afterwards only the attempt's own freshness protects (docs/reliability.md). The task's UPID carries the VMID of the
 * copy, of which many are cloned at once: its log tells which is which.
 */
export async function cloneMachine(
  client: ProxmoxClient,
  ledger: CloneSlots,
  attempt: ActivityAttempt,
  input: MachineStepArguments,
): Promise<TaskBegun> {
  const { machine, holder, frame } = input;
  const { source, vmid, way } = machine;
  const options = { signal: attempt.signal };
  if (machine.begun !== undefined) return begunBefore(client, input, options);
  const kind = way === 'linked' ? 'linked' : 'full';
  const slot: SlotWish = {
    ...{ holder, node: source.node, vmid, kind },
    ...cloneStorageOf(frame, machine),
    ...(machine.linkedVolumes === undefined ? {} : { volumes: machine.linkedVolumes }),
  };
  const begun = await doneWhereTaken(
    () =>
      beginTask(client, attempt, {
        task: {
          ...{ node: source.node, types: ['qmclone'], id: String(source.vmid) },
          makes: { node: firstNodeOf(machine), vmid },
        },
        before: input,
        mayBeDoneAtFirst: false,
        isDone: () => isCloned(client, input, options),
        send: () =>
          sendInCloneSlot(ledger, attempt, slot, async () => {
            await requireSource(client, machine, options);
            attempt.requireAlive();
            return beginGuestTask(client, source, 'clone', cloneParameters(input), options);
          }),
      }),
    () => isCloned(client, input, options),
  );
  if (begun.kind === 'done') await ledger.giveCloneSlotBack(holder, slotPurpose(vmid));
  return begun;
}

function cloneParameters({ machine, frame, holder }: MachineStepArguments): BuildParameters {
  const { vmid: newid, name, way, storage, source } = machine;
  const description = printMemberMarker(memberMarkerFor(frame, holder, machine));
  const target = firstNodeOf(machine);
  return {
    ...{ newid, name, description, full: way !== 'linked' },
    ...(frame.pool === undefined ? {} : { pool: frame.pool }),
    ...(target === source.node ? {} : { target }),
    ...(storage === undefined || way === 'linked' ? {} : { storage }),
  };
}

/** Nothing is cloned where an operation before has begun: what is there has to be exactly that. */
async function begunBefore(
  client: ProxmoxClient,
  input: MachineStepArguments,
  options: CallOptions,
): Promise<TaskBegun> {
  const seen = await lookForClone(client, input, options);
  if (seen !== undefined && seen.lock === undefined) return { kind: 'done' };
  const { name, vmid, begun } = input.machine;
  const attempted = `go on with VM ${vmid} (${name})`;
  if (seen?.lock === undefined) {
    throw notThere({ attempted, member: { vmid, node: begun?.node ?? input.machine.node } });
  }
  const { node, lock } = seen;
  throw new ManagerError(
    problem('GuestLocked', { attempted, node, failed: `VM ${vmid} on ${node} is locked (${lock})` }),
  );
}

/** What is cloned is the version that the plan names still: its VMID may have become another guest's since the approval. */
async function requireSource(
  client: ProxmoxClient,
  { name, source: { node, vmid, template, generation } }: PlannedMachine,
  options: CallOptions,
): Promise<void> {
  const guest = await lookAtGuest(client, { node, vmid }, options);
  const marker = guest?.template === true ? guest.marker : undefined;
  if (marker?.kind === 'template' && marker.name === template && marker.generation === generation) return;
  const there = guest === undefined ? 'is not there' : `is ${guest.name || 'a guest without a name'}`;
  throw new ManagerError(
    problem('PlanDrifted', {
      attempted: `clone the template ${template} as ${name}`,
      node,
      failed: `VM ${vmid} on ${node} ${there}, not version ${generation} of the template ${template}`,
      remedy: 'Nothing was cloned. Make a new plan: it uses the version that is in force.',
    }),
  );
}

/** Whether the machine is there, whole, by {@link lookForClone}. */
async function isCloned(
  client: ProxmoxClient,
  input: MachineStepArguments,
  options: CallOptions,
): Promise<boolean> {
  const seen = await lookForClone(client, input, options);
  return seen !== undefined && seen.lock === undefined;
}

/**
 * The machine, where it may be; undefined: it is nowhere. Throws PlanDrifted where another one has its VMID, on whatever
 * node: whoever took it between the lease and the clone keeps it.
 */
async function lookForClone(
  client: ProxmoxClient,
  input: MachineStepArguments,
  options: CallOptions,
): Promise<SeenMachine | undefined> {
  const { machine, frame } = input;
  const { name, vmid, node, source } = machine;
  const attempted = `clone the template ${source.template} as VM ${vmid} (${name})`;
  const member = madeMember(input);
  for (const place of new Set([node, firstNodeOf(machine), source.node])) {
    const seen = await lookAtMachine(client, { node: place, vmid }, options);
    if (seen === undefined) continue;
    requireMember({ attempted, member, cluster: frame }, seen);
    return seen;
  }
  await requireNowhere(client, attempted, member, options);
  return undefined;
}

/** A VMID that exists may be that of our own clone, which an attempt before has made. */
async function doneWhereTaken(
  begin: () => Promise<TaskBegun>,
  isDone: () => Promise<boolean>,
): Promise<TaskBegun> {
  try {
    return await begin();
  } catch (error) {
    if (!isTaken(error) || !(await isDone())) throw error;
    return { kind: 'done' };
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof ManagerError && /already exists/.test(error.problem.proxmoxSaid ?? '');
}
