import { agentAnswers } from '../cluster/boot';
import { guestProcess, type GuestState } from '../cluster/guests';
import { guestOnNode } from '../cluster/state';
import type { ApiCall, EndpointTable, Handler } from '../http/call';
import { fail, NotSimulated } from '../http/errors';
import { isFlagOn } from '../qemu/config-texts';
import { guestFiles } from './files';
import { hostNameOf, interfacesOf } from './interfaces';
import { runProgram, type ProgramResult } from './programs';

/** How long a call waits for an agent that doesn't answer (recording 9 c2). */
const silentAgentSeconds = 3;

/** How long a program in a guest takes, in seconds. */
const programSeconds = 0.5;

/** Programs that were started in guests, by process id. */
interface Execution {
  readonly endsAt: number;
  readonly result: ProgramResult;
}
const executions = new WeakMap<GuestState, Map<number, Execution>>();

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
  'get-host-name': (guest) => ({ result: hostNameOf(guest) }),
  'get-time': (_, { cluster }) => ({ result: cluster.clock.now() * 1e9 }),
  'network-get-interfaces': (guest) => ({ result: interfacesOf(guest) }),
  'fsfreeze-status': () => ({ result: 'thawed' }),
  fstrim: () => ({ result: { paths: [] } }),
  exec: startProgram,
  'exec-status': programStatus,
  'file-read': readFile,
};

function startProgram(guest: GuestState, { cluster, parameters }: ApiCall): unknown {
  const pid = cluster.random.integer(200, 32_000);
  const result = runProgram(parameters.list('command'), guest, cluster);
  const known = executions.get(guest) ?? new Map<number, Execution>();
  executions.set(guest, known.set(pid, { endsAt: cluster.clock.now() + programSeconds, result }));
  return { pid };
}

function programStatus(guest: GuestState, { cluster, parameters }: ApiCall): unknown {
  const pid = parameters.integer('pid');
  const { endsAt, result } =
    executions.get(guest)?.get(pid) ?? fail(`Agent error: PID ${pid} does not exist`);
  if (cluster.clock.now() < endsAt) return { exited: 0 };
  const { exitCode, stdout, stderr } = result;
  return {
    exited: 1,
    exitcode: exitCode,
    ...(stdout === '' ? {} : { 'out-data': stdout }),
    ...(stderr === '' ? {} : { 'err-data': stderr }),
  };
}

function readFile(guest: GuestState, { cluster, parameters }: ApiCall): unknown {
  const path = parameters.text('file');
  const content =
    guestFiles(cluster, guest).get(path) ??
    fail(`Agent error: failed to open file '${path}' (mode: 'r'): No such file or directory`);
  return { content, 'bytes-read': Buffer.byteLength(content) };
}

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
    const { vmid, config } = guest;
    if (!isFlagOn(config.get('agent'))) fail('No QEMU guest agent configured');
    if (guestProcess(guest) === undefined) fail(`VM ${vmid} is not running`);
    if (!agentAnswers(call.cluster, guest)) {
      await call.sleep(silentAgentSeconds);
      fail('QEMU guest agent is not running');
    }
    const answer = answers[name];
    if (answer === undefined) throw new NotSimulated(call.endpoint);
    return answer(guest, call);
  };
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
