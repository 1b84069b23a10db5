import { z } from 'zod';
import type { SimulatorControl } from './control';
import { commandMatcherSchema } from './commands';
import { requestMatcherSchema } from './matcher';
import { urlFactsOf, urlSchema } from '../scenario/web-schema';

const node = z.string().describe('Node name');
const moment = z.enum(['before handling', 'before answering']);
const service = z.enum(['pveproxy', 'pvedaemon', 'sshd', 'corosync']);
const vmid = z.number().int();

/** One thing that can be ordered over HTTP: what it takes, and what it does. */
export interface ControlAction {
  readonly description: string;
  readonly input: z.ZodType;
  run(control: SimulatorControl, input: unknown): unknown;
}

function action<T>(
  description: string,
  input: z.ZodType<T>,
  run: (control: SimulatorControl, input: T) => unknown,
): ControlAction {
  return { description, input, run: (control, given) => run(control, input.parse(given)) };
}

const behaviour = z
  .strictObject({
    memoryUsedBytes: z.number(),
    dirtyBytesPerSecond: z.number(),
    respondsToAcpi: z.boolean(),
    shutdownSeconds: z.number(),
    agentRunning: z.boolean(),
    dhcp: z.boolean(),
    cpuLoad: z.number(),
  })
  .partial()
  .transform((given) => withoutUndefined(given));

/** `POST /actions/<name>`: the methods of SimulatorControl under the same names. */
export const controlActions: Readonly<Record<string, ControlAction>> = {
  killWorker: action(
    'SIGKILL to the worker of running tasks',
    z.strictObject({ upid: z.string(), type: z.string(), id: z.string(), node }).partial(),
    (control, selector) => control.killWorker(withoutUndefined(selector)),
  ),
  crashNode: action('Power failure of a node', z.strictObject({ node }), (control, input) =>
    control.crashNode(input.node),
  ),
  bootNode: action('Power back on', z.strictObject({ node }), (control, input) =>
    control.bootNode(input.node),
  ),
  cutLink: action(
    'Cut a node off from the others',
    z.strictObject({ node, alsoFromClients: z.boolean().default(false) }),
    (control, input) => control.cutLink(input.node, input),
  ),
  restoreLink: action('Reconnect a node', z.strictObject({ node }), (control, input) =>
    control.restoreLink(input.node),
  ),
  stopService: action('Stop a daemon of a node', z.strictObject({ node, service }), (control, input) =>
    control.stopService(input.node, input.service),
  ),
  startService: action('Start a daemon of a node', z.strictObject({ node, service }), (control, input) =>
    control.startService(input.node, input.service),
  ),
  loseQuorum: action('No node has quorum', z.strictObject({}), (control) => control.loseQuorum()),
  restoreQuorum: action('Quorum by the links again', z.strictObject({}), (control) =>
    control.restoreQuorum(),
  ),
  fillStorage: action(
    'Leave little room on a storage',
    z.strictObject({ storage: z.string(), node, availableBytes: z.number().default(0) }),
    (control, input) => control.fillStorage(input.storage, input.node, input.availableBytes),
  ),
  faultRequest: action(
    'Delay, drop, or answer otherwise requests that fit',
    z.strictObject({
      matcher: requestMatcherSchema,
      moment,
      delaySeconds: z.number().optional(),
      then: z
        .union([z.literal('drop'), z.strictObject({ status: z.number().int(), reason: z.string() })])
        .optional(),
    }),
    (control, { matcher, ...fault }) => {
      control.faultRequest(withoutUndefined(matcher), { ...withoutUndefined(fault), moment: fault.moment });
    },
  ),
  faultCommand: action(
    'Delay, drop, or end otherwise commands and file operations over SSH that fit',
    z.strictObject({
      matcher: commandMatcherSchema,
      moment,
      delaySeconds: z.number().optional(),
      then: z
        .union([z.literal('drop'), z.strictObject({ exitCode: z.number().int(), stderr: z.string() })])
        .optional(),
    }),
    (control, { matcher, ...fault }) => {
      control.faultCommand(withoutUndefined(matcher), { ...withoutUndefined(fault), moment: fault.moment });
    },
  ),
  changeCertificate: action(
    'Another certificate for a node',
    z.strictObject({
      node,
      validForSeconds: z.number().optional(),
      names: z.array(z.string()).optional(),
      signedBy: z.enum(['cluster', 'stranger']).optional(),
    }),
    (control, { node: name, ...wish }) => control.changeCertificate(name, withoutUndefined(wish)),
  ),
  changeHostKey: action('Another SSH host key for a node', z.strictObject({ node }), (control, input) =>
    control.changeHostKey(input.node),
  ),
  setSftp: action('SFTP on or off', z.strictObject({ node, enabled: z.boolean() }), (control, input) =>
    control.setSftp(input.node, input.enabled),
  ),
  setClockOffset: action(
    "Put a node's clock ahead",
    z.strictObject({ node, seconds: z.number() }),
    (control, input) => control.setClockOffset(input.node, input.seconds),
  ),
  addGuest: action('A guest appears; takes what scenarios take', z.unknown(), (control, guest) =>
    control.addGuest(guest),
  ),
  removeGuest: action('A guest vanishes', z.strictObject({ vmid }), (control, input) =>
    control.removeGuest(input.vmid),
  ),
  setGuest: action(
    'Change a guest as if on the node',
    z.strictObject({
      vmid,
      config: z.record(z.string(), z.string().nullable()).optional(),
      behaviour: behaviour.optional(),
      status: z.enum(['running', 'stopped']).optional(),
    }),
    (control, { vmid: id, ...change }) => control.setGuest(id, withoutUndefined(change)),
  ),
  setLock: action(
    'Set or remove the `lock` key',
    z.strictObject({ vmid, lock: z.string().optional() }),
    (control, input) => control.setLock(input.vmid, input.lock),
  ),
  setUrl: action(
    'Say what is behind a URL; takes what `web` of scenarios takes',
    urlSchema,
    (control, facts) => {
      control.cluster.web.set(facts.url, urlFactsOf(facts));
    },
  ),
  setBoot: action(
    'How guests boot, one or all: no agent ever answers, or no boot ever ends',
    z
      .strictObject({
        vmid,
        agent: z.boolean(),
        seconds: z.union([z.number().nonnegative(), z.literal('never')]),
      })
      .partial(),
    (control, order) => control.setBoot(order),
  ),
  revokeToken: action('Remove an API token', z.strictObject({ id: z.string() }), (control, input) =>
    control.revokeToken(input.id),
  ),
  setSpeed: action('Change the clock', z.strictObject({ speed: z.number().positive() }), (control, input) =>
    control.setSpeed(input.speed),
  ),
  advance: action(
    'Let simulated seconds pass quickly',
    z.strictObject({ seconds: z.number().positive() }),
    (control, input) => control.advance(input.seconds),
  ),
};

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same object without the keys whose value is undefined. */
function withoutUndefined<T extends object>(given: T): Defined<T>;
function withoutUndefined(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
