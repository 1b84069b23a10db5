import { endProcess, setQemuStatus } from '../../../simulator/cluster/guest-processes';
import { startSimulator, type Simulator, type SimulatorControl } from '../../../simulator/index';
import type { OutOfBandEvent, RecordingState } from '../state/schema';
import { RootShells } from '../commands/root-shells';
import type { Answer } from '../recording';
import { send, type NodeAddress, type OutgoingRequest } from './client';
import type { ClusterUnderTest } from './cluster';
import { isObject } from '../json';
import { Stepper, type Underway } from './stepper';

/** Starts a simulator in the state that a recording implies; its clock stands still unless it is stepped. */
export async function startSimulatedCluster(state: RecordingState): Promise<ClusterUnderTest> {
  const simulator = await startSimulator({ scenario: state.scenario, speed: 0 });
  const { control } = simulator;
  const stepper = new Stepper(control.cluster.clock);
  const sendTo = (node: string, request: OutgoingRequest): Promise<Underway<Answer>> =>
    stepper.begin(control.holdRequest({}, 'before handling'), () =>
      send(addressOf(simulator, node), request),
    );
  const first = simulator.nodes[0]?.name ?? '';
  const shells = new RootShells(simulator);
  const kept = new Map<string, Promise<Record<string, string>>>();
  const ticket = (userid: string, node: string): Promise<Record<string, string>> =>
    ticketOf((request) => sendTo(node, request), userid, state.scenario.access.root_password);
  return {
    nodes: simulator.nodes.map(({ name }) => name),
    credentials: {
      token: (id) => ({ Authorization: `PVEAPIToken=${id}=${secretOf(simulator, id)}` }),
      ticket: (userid) => ticket(userid, first),
      keptTicket: (userid, node) => {
        const name = `${userid} ${node}`;
        const known = kept.get(name) ?? ticket(userid, node);
        kept.set(name, known);
        return known;
      },
    },
    send: sendTo,
    run: (node, argv) =>
      stepper.begin(control.holdCommand({}, 'before handling'), () => shells.run(node, argv)),
    now: () => stepper.now(),
    until: (epochSeconds) => stepper.until(epochSeconds),
    apply: (event) => applyToSimulator(control, stepper, event),
    close: async () => {
      shells.close();
      await simulator.close();
    },
  };
}

function addressOf({ nodes, certificateAuthorityPem }: Simulator, name: string): NodeAddress {
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`the scenario has no node ${name}`);
  return { url: node.url, ca: certificateAuthorityPem };
}

/** The token's secret as the simulator knows it, also of tokens that were made while replaying. */
function secretOf(simulator: Simulator, id: string): string {
  const [user = '', token = ''] = id.split('!');
  return simulator.control.cluster.access.users.get(user)?.tokens.get(token)?.secret ?? 'unknown';
}

async function ticketOf(
  sendToNode: (request: OutgoingRequest) => Promise<Underway<Answer>>,
  username: string,
  password: string,
): Promise<Record<string, string>> {
  const underway = await sendToNode({
    method: 'POST',
    path: '/api2/json/access/ticket',
    params: { username, password },
    headers: {},
    body: undefined,
  });
  const answer = await underway.answer();
  const data = isObject(answer.body) ? answer.body['data'] : undefined;
  const ticket = isObject(data) ? data['ticket'] : undefined;
  const token = isObject(data) ? data['CSRFPreventionToken'] : undefined;
  if (typeof ticket !== 'string' || typeof token !== 'string') {
    throw new Error(`no ticket for ${username}: ${answer.status} ${answer.reason}`);
  }
  return {
    Cookie: `PVEAuthCookie=${ticket}`,
    CSRFPreventionToken: token,
  };
}

async function applyToSimulator(
  control: SimulatorControl,
  stepper: Stepper,
  event: OutOfBandEvent,
): Promise<void> {
  switch (event.kind) {
    case 'time-passes':
      return stepper.until(stepper.now() + event.seconds);
    case 'worker-killed':
      control.killWorker({ upid: event.task });
      return;
    case 'link-cut':
      return control.cutLink(event.node);
    case 'link-restored':
      return control.restoreLink(event.node);
    case 'daemon-stopped':
      return control.stopService(event.node, event.daemon);
    case 'daemon-started':
      return control.startService(event.node, event.daemon);
    case 'storage-full':
      control.fillStorage(event.storage, event.node ?? [...control.cluster.nodes.keys()][0] ?? '');
      return;
    case 'request':
    case 'task-known':
    case 'task-ended':
      throw new Error(`${event.kind} is a request, and not applied to the cluster from outside`);
    default:
      applyToGuest(control, event);
  }
}

type GuestEvent = Extract<OutOfBandEvent, { kind: `guest-${string}` }>;

function applyToGuest(control: SimulatorControl, event: GuestEvent): void {
  switch (event.kind) {
    case 'guest-added':
      control.addGuest(event.guest);
      return;
    case 'guest-removed':
      control.removeGuest(event.vmid);
      return;
    case 'guest-started':
      control.setGuest(event.vmid, { status: 'running' });
      return;
    case 'guest-stopped':
      control.setGuest(event.vmid, { status: 'stopped' });
      return;
    case 'guest-changed':
      changeGuest(control, event);
      return;
    case 'guest-behaviour':
      changeBehaviour(control, event);
      return;
    case 'guest-process-killed': {
      const guest = control.cluster.guests.get(event.vmid);
      if (guest !== undefined) endProcess(guest, event.node ?? guest.node, control.cluster.clock.now());
    }
  }
}

function changeGuest(control: SimulatorControl, event: Extract<GuestEvent, { kind: 'guest-changed' }>): void {
  const deleted = Object.fromEntries(event.delete.map((key) => [key, null]));
  control.setGuest(event.vmid, { config: { ...event.set, ...deleted } });
  const guest = control.cluster.guests.get(event.vmid);
  if (guest !== undefined && event.node !== undefined) guest.node = event.node;
}

function changeBehaviour(
  control: SimulatorControl,
  event: Extract<GuestEvent, { kind: 'guest-behaviour' }>,
): void {
  const { vmid, agentRunning, respondsToAcpi, qemuStatus } = event;
  control.setGuest(vmid, {
    behaviour: {
      ...(agentRunning === undefined ? {} : { agentRunning }),
      ...(respondsToAcpi === undefined ? {} : { respondsToAcpi }),
    },
  });
  const guest = control.cluster.guests.get(vmid);
  if (guest !== undefined && qemuStatus !== undefined) {
    setQemuStatus(guest, guest.node, qemuStatus, control.cluster.clock.now());
  }
}
