import type { ScenarioInput, Simulator } from '../../../simulator';
import { createAddressLook } from '../../../src/activities/cluster/steps/addressFree';
import { adoptMember } from '../../../src/activities/cluster/steps/adopt';
import {
  protectAgain,
  protectMachine,
  reviveMember,
  setMemberAside,
} from '../../../src/activities/cluster/steps/aside';
import { cloneMachine } from '../../../src/activities/cluster/steps/clone';
import { configureMachine } from '../../../src/activities/cluster/steps/configure';
import { lookForDisks } from '../../../src/activities/cluster/steps/disks';
import { growMachine } from '../../../src/activities/cluster/steps/grow';
import { lookForLeftovers } from '../../../src/activities/cluster/steps/leftovers';
import { moveMachine } from '../../../src/activities/cluster/steps/move';
import { readMember } from '../../../src/activities/cluster/steps/read';
import { watchMachine, watchMember } from '../../../src/activities/cluster/steps/ready';
import { deleteMember, lookForRemoval } from '../../../src/activities/cluster/steps/remove';
import { startMachine, startMember } from '../../../src/activities/cluster/steps/start';
import { shutDownMember, stopMember } from '../../../src/activities/cluster/steps/stop';
import { createNodeTurns } from '../../../src/activities/guests/nodeTurns';
import type { ClusterMember } from '../../../src/domain/cluster/member';
import type { PlannedAdoption, PlannedMachine } from '../../../src/domain/cluster/plan';
import type { MachineStepArguments, RemovalStepArguments } from '../../../src/domain/cluster/step';
import type { TaskBegun, TasksBefore } from '../../../src/domain/template/step';
import { ownVolumes } from '../../../src/planning/cluster/seen';
import type { ProxmoxClient } from '../../../src/proxmox/client';
import { startLab } from '../../proxmox/support';
import { labWith } from '../inspection/lab';
import { ledgerOfRules } from '../ledger/ledgerOfRules';
import { attempt, ended } from '../template/stepStage';
import { frame, maker, plannedMachine, plannedRemoval, templateCopy } from './given';

/** Copies of the template on two nodes, a cluster around them. */
export async function clusterStage(clean: (undo: () => unknown) => void, more: Partial<ScenarioInput> = {}) {
  const guests = [templateCopy(900, 'pve01'), templateCopy(901, 'pve02')];
  const scenario = labWith({ guests, pools: [{ id: 'k3s' }], ...more });
  const { simulator, client } = await startLab(clean, { scenario });
  putAgentsInside(simulator);
  const { ledger, view, slots } = ledgerOfRules();
  return { simulator, client, ledger, view, slots, ...stepsWith(client, ledger) };
}

/** What clusterStage gives. */
export type ClusterStage = Awaited<ReturnType<typeof clusterStage>>;

/** What boots from the templates has an agent, as what was made of an image with one. */
function putAgentsInside(simulator: Simulator): void {
  const inside = { agent: true, bootSeconds: 1, machineId: undefined, hostKey: undefined };
  for (const volume of simulator.control.cluster.volumes.all()) {
    if (/base-\d+-disk-0/.test(volume.volid)) volume.inside = { ...inside };
  }
}

const nothingBefore: TasksBefore = { settledTasks: [] };

function stepsWith(client: ProxmoxClient, ledger: ReturnType<typeof ledgerOfRules>['ledger']) {
  const times = { settleMs: 300, everyMs: 20, talosPort: 1, inTurn: createNodeTurns(6) };
  const made = (input: Partial<MachineStepArguments> = {}): MachineStepArguments => ({
    ...{ holder: maker, frame: frame(), machine: plannedMachine(), ...nothingBefore },
    ...input,
  });
  const lookAtAddresses = createAddressLook(client);
  type Made = Partial<MachineStepArguments>;
  const making = {
    clone: (input?: Made) => cloneMachine(client, ledger, attempt, made(input)),
    move: (input?: Made) => moveMachine(client, attempt, made(input)),
    leftovers: (input?: Made) => lookForLeftovers(client, attempt, made(input)),
    read: (input?: Made) => readMember(client, ledger, attempt, made(input)),
    configure: (input?: Made) => configureMachine(client, attempt, made(input)),
    grow: (input?: Made) => growMachine(client, attempt, made(input)),
    start: (input?: Made) => startMachine(client, lookAtAddresses, attempt, made(input)),
    ready: (input?: Made, talosPort = 1) =>
      watchMachine(client, ledger, attempt, made(input), { ...times, talosPort }),
    protect: (input?: Made) => protectMachine(client, attempt, made(input)),
  };
  const removing = {
    who: (input: RemovalStepArguments) => readMember(client, ledger, attempt, input),
    shutDown: (input: RemovalStepArguments) => shutDownMember(client, attempt, input),
    stop: (input: RemovalStepArguments) => stopMember(client, attempt, input),
    aside: (input: RemovalStepArguments) => setMemberAside(client, attempt, input),
    revive: (input: RemovalStepArguments) => reviveMember(client, attempt, input),
    startAgain: (input: RemovalStepArguments) => startMember(client, lookAtAddresses, attempt, input),
    readyAgain: (input: RemovalStepArguments) => watchMember(client, ledger, attempt, input, times),
    remove: (input: RemovalStepArguments) => deleteMember(client, ledger, attempt, input),
    protect: (input: RemovalStepArguments) => protectAgain(client, attempt, input),
    look: (input: RemovalStepArguments) => lookForRemoval(client, attempt, input),
    disks: (...inputs: RemovalStepArguments[]) =>
      lookForDisks(client, attempt, {
        deleted: inputs.map(({ removal: { member, volumes } }) => ({
          ...{ vmid: member.vmid, node: member.node, volumes },
        })),
      }),
  };
  const adopt = (adoption: PlannedAdoption) =>
    adoptMember(client, attempt, { holder: maker, frame: frame(), adoption, ...nothingBefore });
  return { making, removing, adopt };
}

/** Waits for the task of a step; its exit status. */
export function endOf(it: Pick<ClusterStage, 'client' | 'simulator'>, begun: TaskBegun) {
  return ended(it, begun);
}

/** The UPID of a step's task. */
export function upidsOf(begun: TaskBegun): readonly string[] {
  return begun.kind === 'done' ? [] : [begun.upid];
}

/** A member that was made by the steps, protected and, unless otherwise said, not running. */
export async function memberMade(
  it: ClusterStage,
  machine: PlannedMachine = plannedMachine(),
  { running = false } = {},
): Promise<ClusterMember> {
  const { simulator, making } = it;
  await endOf(it, await making.clone({ machine }));
  const { uuid, node } = await making.read({ machine });
  await making.configure({ machine, uuid });
  if (running) await endOf(it, await making.start({ machine, uuid }));
  await making.protect({ machine, uuid });
  const { name, role, ordinal, vmid } = machine;
  expect(simulator.control.guest(vmid).config['protection']).toBe('1');
  return { name, role, ordinal, vmid, node, uuid, run: maker.firstExecutionRunId, state: 'ready' };
}

/** The arguments of a step on a member that goes, with the volumes that it has now. */
export function removalOf(
  { simulator }: Pick<ClusterStage, 'simulator'>,
  member: ClusterMember,
  more: Partial<RemovalStepArguments> = {},
): RemovalStepArguments {
  const { config } = simulator.control.guest(member.vmid);
  const removal = plannedRemoval(member, ownVolumes(member.vmid, new Map(Object.entries(config))));
  return { holder: maker, frame: frame({ action: 'destroy' }), removal, ...nothingBefore, ...more };
}

/** Requests that change something, since a moment. */
export function changesSince({ simulator }: ClusterStage, since: number): readonly string[] {
  return simulator.control
    .requests()
    .slice(since)
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);
}
