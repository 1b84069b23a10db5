import type { RemovalStepArguments } from '../../../domain/cluster/step';
import type { TaskBegun } from '../../../domain/template/step';
import { beginGuestTask, type BuildParameters, type GuestTask } from '../../../proxmox/api/build';
import { qemuStatus } from '../../../proxmox/api/guests';
import type { ProxmoxClient } from '../../../proxmox/types';
import { beginTask, toldAbsent } from '../../guests/beginTask';
import type { ActivityAttempt } from '../../shared/attempt';
import { findMember, ownMachine } from '../machine';
import { whereItIs } from '../whereItIs';

/** How a machine is brought to an end. */
interface Ending {
  readonly words: string;
  readonly request: GuestTask;
  readonly parameters: BuildParameters;
  readonly types: readonly string[];
}

/**
 * Asks a machine to shut down, on whatever node it is by now, within the plan's time: it is never ended the hard way by
 * this. Done where it is stopped, or nowhere. A late duplicate finds it so, or another machine, which it leaves alone.
 */
export function shutDownMember(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: RemovalStepArguments,
): Promise<TaskBegun> {
  const timeout = Math.ceil(input.frame.shutdownTimeoutMs / 1000);
  return bringToEnd(client, attempt, input, {
    ...{ words: 'shut down', request: 'status/shutdown', types: ['qmshutdown', 'hastop'] },
    parameters: { timeout, forceStop: false },
  });
}

/** Ends a machine as if its power was cut. Only as approved, or after a decision. Otherwise as {@link shutDownMember}. */
export function stopMember(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: RemovalStepArguments,
): Promise<TaskBegun> {
  return bringToEnd(client, attempt, input, {
    ...{ words: 'stop', request: 'status/stop', types: ['qmstop', 'hastop'], parameters: {} },
  });
}

async function bringToEnd(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: RemovalStepArguments,
  { words, request, parameters, types }: Ending,
): Promise<TaskBegun> {
  const { removal, frame: cluster } = input;
  const options = { signal: attempt.signal };
  const { vmid, name } = removal.member;
  const planned = { attempted: `${words} VM ${vmid} (${name})`, member: removal.member, cluster };
  const isFirst = input.isFirst === true && attempt.isFirst;
  const wanted = await whereItIs(client, planned, options);
  // Whatever a task of it does, or did: what is nowhere does not run. Its node may be off.
  if (wanted === undefined) return toldAbsent({ kind: 'done' }, isFirst);
  const { node } = wanted.member;
  let isAbsent = false;
  const begun = await beginTask(client, attempt, {
    task: { node, types, id: String(vmid) },
    before: input,
    mayBeDoneAtFirst: true,
    async isDone() {
      const seen = await findMember(client, wanted, options);
      isAbsent = seen === undefined && isFirst;
      return seen === undefined || !(await qemuStatus(client, { node, vmid }, options)).running;
    },
    async send() {
      await ownMachine(client, wanted, options);
      attempt.requireAlive();
      return beginGuestTask(client, { node, vmid }, request, parameters, options);
    },
  });
  return toldAbsent(begun, isAbsent);
}
