import { guestProcess, type GuestState } from '../cluster/guests';
import { guestOnNode } from '../cluster/state';
import type { ApiCall, EndpointTable, Handler } from '../http/call';
import { fail, NotSimulated } from '../http/errors';

/** How long a call waits for an agent that doesn't answer (recording 9 c2). */
const silentAgentSeconds = 3;

/** What a guest with a running agent answers, by the call's last part. Others end in 501. */
const answers: Readonly<Record<string, (guest: GuestState, call: ApiCall) => unknown>> = {
  ping: () => ({ result: {} }),
  'get-osinfo': () => ({
    result: {
      'kernel-release': '6.1.0-56-cloud-amd64',
      'kernel-version': '#1 SMP PREEMPT_DYNAMIC Debian',
      machine: 'x86_64',
    },
  }),
  'get-host-name': (guest) => ({ result: { 'host-name': guest.config.get('name') ?? '' } }),
  'network-get-interfaces': (guest) => ({ result: interfacesOf(guest) }),
  exec: (_, { cluster }) => ({ pid: cluster.random.integer(200, 32_000) }),
};

const reads = [
  ...[
    'exec-status',
    'file-read',
    'get-fsinfo',
    'get-host-name',
    'get-memory-block-info',
    'get-memory-blocks',
    'get-osinfo',
  ],
  ...['get-time', 'get-timezone', 'get-users', 'get-vcpus', 'info', 'network-get-interfaces'],
];
const commands = [
  ...[
    'exec',
    'file-write',
    'fsfreeze-freeze',
    'fsfreeze-status',
    'fsfreeze-thaw',
    'fstrim',
    'ping',
    'set-user-password',
  ],
  ...['shutdown', 'suspend-disk', 'suspend-hybrid', 'suspend-ram'],
];

/** The guest agent (behaviour.md 5.18) and QEMU's monitor. */
export const guestAgentEndpoints: EndpointTable = {
  ...Object.fromEntries(
    reads.map((name) => [`GET /nodes/{node}/qemu/{vmid}/agent/${name}`, agentCall(name)] as const),
  ),
  ...Object.fromEntries(
    commands.map((name) => [`POST /nodes/{node}/qemu/{vmid}/agent/${name}`, agentCall(name)] as const),
  ),
  'POST /nodes/{node}/qemu/{vmid}/agent': (call) => agentCall(call.parameters.text('command'))(call),
  'POST /nodes/{node}/qemu/{vmid}/monitor': monitor,
};

function agentCall(name: string): Handler {
  return async (call) => {
    const guest = guestOf(call);
    const { vmid, config, behaviour } = guest;
    if (!isAgentConfigured(config.get('agent'))) fail('No QEMU guest agent configured');
    if (guestProcess(guest) === undefined) fail(`VM ${vmid} is not running`);
    if (!behaviour.agentRunning) {
      await call.sleep(silentAgentSeconds);
      fail('QEMU guest agent is not running');
    }
    const answer = answers[name];
    if (answer === undefined) throw new NotSimulated(call.endpoint);
    return answer(guest, call);
  };
}

/** `1`, `enabled=1,...`, `1,fstrim_cloned_disks=1`. */
function isAgentConfigured(agent: string | undefined): boolean {
  return /^(enabled=)?(1|on|yes|true)\b/.test(agent ?? '');
}

function interfacesOf({ config }: GuestState): unknown[] {
  const cards = [...config].filter(([key]) => /^net\d+$/.test(key));
  const found = cards.map(([key, value]) => ({
    name: `eth${key.slice('net'.length)}`,
    'hardware-address': (/([0-9A-F]{2}(:[0-9A-F]{2}){5})/i.exec(value)?.[1] ?? '').toLowerCase(),
  }));
  return [{ name: 'lo', 'hardware-address': '00:00:00:00:00:00' }, ...found];
}

function monitor(call: ApiCall): unknown {
  const guest = guestOf(call);
  const process = guestProcess(guest) ?? fail(`VM ${guest.vmid} is not running`);
  if (call.parameters.text('command') !== 'info status') throw new NotSimulated(call.endpoint);
  return `VM status: ${process.qemuStatus}\r\n`;
}

function guestOf({ cluster, node, parameters }: ApiCall): GuestState {
  const vmid = parameters.integer('vmid');
  return (
    guestOnNode(cluster, node.name, vmid, 'qemu') ??
    fail(`Configuration file 'nodes/${node.name}/qemu-server/${vmid}.conf' does not exist`)
  );
}
