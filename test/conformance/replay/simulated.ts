import { endProcess, setQemuStatus } from '../../../simulator/cluster/guest-processes';
import { startSimulator, type Simulator, type SimulatorControl } from '../../../simulator/index';
import type { OutOfBandEvent, RecordingState } from '../state/schema';
import { RootShells } from '../commands/root-shells';
import { send } from './client';
import type { ClusterUnderTest } from './cluster';
import { isObject } from '../json';

/** Starts a simulator in the state that a recording implies. */
export async function startSimulatedCluster(state: RecordingState): Promise<ClusterUnderTest> {
  const simulator = await startSimulator({ scenario: state.scenario, speed: state.speed });
  const addressOf = (name: string): { url: string; ca: string } => {
    const node = simulator.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`the scenario has no node ${name}`);
    return { url: node.url, ca: simulator.certificateAuthorityPem };
  };
  const first = simulator.nodes[0]?.name ?? '';
  const shells = new RootShells(simulator);
  const kept = new Map<string, Promise<Record<string, string>>>();
  const ticket = (userid: string, node: string): Promise<Record<string, string>> =>
    ticketOf(addressOf(node), userid, state.scenario.access.root_password);
  return {
    nodes: simulator.nodes.map(({ name }) => name),
    addressOf,
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
    run: (node, argv) => shells.run(node, argv),
    apply: (event) => applyToSimulator(simulator.control, event),
    close: async () => {
      shells.close();
      await simulator.close();
    },
  };
}

/** The token's secret as the simulator knows it, also of tokens that were made while replaying. */
function secretOf(simulator: Simulator, id: string): string {
  const [user = '', token = ''] = id.split('!');
  return simulator.control.cluster.access.users.get(user)?.tokens.get(token)?.secret ?? 'unknown';
}

async function ticketOf(
  address: { url: string; ca: string },
  username: string,
  password: string,
): Promise<Record<string, string>> {
  const answer = await send(address, {
    method: 'POST',
    path: '/api2/json/access/ticket',
    params: { username, password },
    headers: {},
    body: undefined,
  });
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

async function applyToSimulator(control: SimulatorControl, event: OutOfBandEvent): Promise<void> {
  switch (event.kind) {
    case 'time-passes':
      return control.cluster.clock.sleep(event.seconds);
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
