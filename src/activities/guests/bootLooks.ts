import { z } from 'zod';
import type { BootReport } from '../../domain/template/step';
import type { BootReadiness } from '../../domain/templatePlan';
import { agentAddresses, agentAnswers, agentFile, type AgentFile } from '../../proxmox/api/agent';
import { qemuStatus, type GuestPlace } from '../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../proxmox/types';
import { isCode } from '../shared/adoption';
import { lookAtTalosApi } from './talosApi';
import type { BootState } from './watchBoot';

/** What a look at a boot shows. */
export interface BootSeen extends BootReport {
  /** What its agent tells, without those that every machine gives itself. */
  readonly addresses?: readonly string[];
}

/** Whether files inside of a machine are read: `ifAllowed` where neither its agent nor the token's role is against it. */
export type FileAccess = 'needed' | 'ifAllowed' | 'none';

type Look = (
  client: ProxmoxClient,
  place: GuestPlace,
  state: BootState,
  options: CallOptions,
) => Promise<BootReport>;

/** One look at how far the boot of a test clone is. Changes nothing. */
export const bootLooks: Readonly<Record<BootReadiness, Look>> = {
  agent: (client, place, _state, options) => seenByAgent(client, place, { files: 'needed' }, options),
  talosApi: seenByTalosApi,
  running: seenFromOutside,
};

const notReady = (...seen: readonly string[]): BootReport => ({ ready: false, seen });

/** What is looked at inside of a machine. */
interface InsideLook {
  readonly files: FileAccess;
  /** What the first boot makes is not looked at: the template's own boot test has proven that each clone makes it. */
  readonly withoutFirstBoot?: true;
}

/** Whether the agent answers, cloud-init has finished, the machine has an address, and what the first boot makes is its own. */
export async function seenByAgent(
  client: ProxmoxClient,
  place: GuestPlace,
  { files, withoutFirstBoot }: InsideLook,
  options: CallOptions,
): Promise<BootSeen> {
  if (!(await agentAnswers(client, place, options))) return notReady(silentAgent);
  const read = (file: string) => fileOf(client, place, file, files, options);
  const cloudinit = await read('/run/cloud-init/result.json');
  if (cloudinit === 'missing') return notReady('the guest agent answers', 'cloud-init has not finished');
  if (cloudinit !== 'disabled') {
    const faults = cloudinitErrors(cloudinit.content);
    if (faults.length > 0) {
      return { ...notReady('cloud-init has finished with errors', ...faults), isFinal: true };
    }
  }
  const addresses = (await agentAddresses(client, place, options)).filter(isReal);
  const [address] = addresses;
  if (address === undefined) return notReady('the guest agent answers', 'there is no address');
  const answers = ['the guest agent answers', `it has the address ${address}`];
  if (cloudinit === 'disabled') {
    const seen = files === 'none' ? answers : [...answers, withoutFiles];
    return { ready: true, addresses, seen };
  }
  if (withoutFirstBoot === true) {
    return { ready: true, addresses, seen: [...answers, 'cloud-init has finished'] };
  }
  const machineId = await read('/etc/machine-id');
  if (!/^[0-9a-f]{32}\n?$/.test(contentOf(machineId))) return notReady('there is no machine id');
  const hostKey = await read('/etc/ssh/ssh_host_ed25519_key.pub');
  if (hostKey === 'missing') return notReady('it has a machine id', 'it has no SSH host key');
  const own = ['cloud-init has finished', 'it has a machine id', 'it has an SSH host key'];
  return { ready: true, addresses, seen: [...answers, ...own] };
}

/** What is seen of a machine whose agent does not answer, or not yet. */
export const silentAgent = 'the guest agent does not answer';

const withoutFiles =
  'its agent lets nobody read files: cloud-init, machine id and SSH host key were not looked at';

/** Whoever may not read files needs none to be ready: on 9 the role reads them in the pool of builds only (docs/access.md). */
async function fileOf(
  client: ProxmoxClient,
  place: GuestPlace,
  file: string,
  files: FileAccess,
  options: CallOptions,
): Promise<AgentFile> {
  if (files === 'none') return 'disabled';
  try {
    return await agentFile(client, place, file, options);
  } catch (error) {
    if (files === 'ifAllowed' && isCode(error, 'PermissionMissing')) return 'disabled';
    throw error;
  }
}

function contentOf(file: AgentFile): string {
  return typeof file === 'object' ? file.content : '';
}

async function seenByTalosApi(
  client: ProxmoxClient,
  place: GuestPlace,
  state: BootState,
  options: CallOptions,
): Promise<BootReport> {
  const outside = await seenFromOutside(client, place, state, options);
  if (outside.isFinal === true) return outside;
  const api = await lookAtTalosApi(client, place, state.talosPort, options);
  if (api.address === undefined) {
    const unasked =
      'its API was not asked: nothing tells its address (give it one by ipconfig0, or an agent)';
    return { ...outside, seen: [...outside.seen, unasked] };
  }
  return api.answers
    ? { ready: true, seen: [`its API answers on ${api.address}`] }
    : notReady(...outside.seen, `its API does not answer on ${api.address}`);
}

/** Without an agent nothing inside can be seen: whether it runs, and still does after a while. */
export async function seenFromOutside(
  client: ProxmoxClient,
  place: GuestPlace,
  { hasSettled }: Pick<BootState, 'hasSettled'>,
  options: CallOptions,
): Promise<BootReport> {
  const { running, qmpStatus = 'running' } = await qemuStatus(client, place, options);
  if (!running || qmpStatus !== 'running') {
    return { ...notReady(`it is ${running ? qmpStatus : 'stopped'}`), isFinal: !running };
  }
  return hasSettled ? { ready: true, seen: ['it runs and goes on running'] } : notReady('it runs');
}

/** Link-local addresses are what a machine gives itself where nobody gives it one. */
function isReal(address: string): boolean {
  return !/^(127\.|169\.254\.|::1$|fe80:)/i.test(address);
}

const cloudinitResult = z.object({ v1: z.object({ errors: z.array(z.string()) }) });

/** What cloud-init itself says that went wrong. */
function cloudinitErrors(text: string): readonly string[] {
  const parsed = cloudinitResult.safeParse(parsedJson(text));
  return parsed.success
    ? parsed.data.v1.errors.map((error) => error.slice(0, 200))
    : ['its result is unreadable'];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
