import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { BootReport, TemplateStepArguments } from '../../../domain/template/step';
import type { BootReadiness } from '../../../domain/templatePlan';
import { agentAddresses, agentAnswers, agentFile, type AgentFile } from '../../../proxmox/api/agent';
import { qemuStatus, type GuestPlace } from '../../../proxmox/api/guests';
import type { CallOptions, ProxmoxClient } from '../../../proxmox/types';
import type { ActivityAttempt } from '../../shared/attempt';
import { lookAtTalosApi, talosPort } from './talosApi';
import { ownTest } from './testClone';

/** How a boot is watched. */
export interface BootTimes {
  /** A clone that is not ready after this is not ready. */
  readonly patienceMs: number;
  /** Without an agent: still running after this. */
  readonly settleMs: number;
  readonly everyMs: number;
  /** Port of Talos' API. */
  readonly talosPort: number;
}

/** How a boot is watched beside how long: cloud images boot in under a minute. */
export const bootTimes: Omit<BootTimes, 'patienceMs'> = {
  settleMs: 30_000,
  everyMs: 2_000,
  talosPort,
};

/** Watches the boot of the test clone until it is ready, or has not been for too long. Changes nothing. */
export async function bootCheck(
  client: ProxmoxClient,
  attempt: ActivityAttempt,
  input: Pick<TemplateStepArguments, 'plan' | 'holder'>,
  times: BootTimes,
): Promise<BootReport> {
  const place = ownTest(input);
  const readiness = input.plan.bootTest?.readiness ?? 'running';
  const options = { signal: attempt.signal };
  const begun = performance.now();
  for (;;) {
    const wentByMs = performance.now() - begun;
    const hasSettled = wentByMs >= times.settleMs;
    const report = await looks[readiness](client, place, { ...times, hasSettled }, options);
    attempt.tell(report);
    if (report.ready || report.isFinal === true || wentByMs > times.patienceMs) return report;
    await delay(times.everyMs, undefined, options);
  }
}

type Look = (
  client: ProxmoxClient,
  place: GuestPlace,
  state: { readonly hasSettled: boolean; readonly talosPort: number },
  options: CallOptions,
) => Promise<BootReport>;

const looks: Readonly<Record<BootReadiness, Look>> = {
  agent: (client, place, _state, options) => seenByAgent(client, place, options),
  talosApi: seenByTalosApi,
  running: seenFromOutside,
};

const notReady = (...seen: readonly string[]): BootReport => ({ ready: false, seen });

async function seenByAgent(
  client: ProxmoxClient,
  place: GuestPlace,
  options: CallOptions,
): Promise<BootReport> {
  if (!(await agentAnswers(client, place, options))) return notReady('the guest agent does not answer');
  const cloudinit = await agentFile(client, place, '/run/cloud-init/result.json', options);
  if (cloudinit === 'missing') return notReady('the guest agent answers', 'cloud-init has not finished');
  if (cloudinit !== 'disabled') {
    const faults = cloudinitErrors(cloudinit.content);
    if (faults.length > 0) {
      return { ...notReady('cloud-init has finished with errors', ...faults), isFinal: true };
    }
  }
  const [address] = (await agentAddresses(client, place, options)).filter(isReal);
  if (address === undefined) return notReady('the guest agent answers', 'there is no address');
  const answers = ['the guest agent answers', `it has the address ${address}`];
  if (cloudinit === 'disabled') return { ready: true, seen: [...answers, withoutFiles] };
  const machineId = await agentFile(client, place, '/etc/machine-id', options);
  if (!/^[0-9a-f]{32}\n?$/.test(contentOf(machineId))) return notReady('there is no machine id');
  const hostKey = await agentFile(client, place, '/etc/ssh/ssh_host_ed25519_key.pub', options);
  if (hostKey === 'missing') return notReady('it has a machine id', 'it has no SSH host key');
  const own = ['cloud-init has finished', 'it has a machine id', 'it has an SSH host key'];
  return { ready: true, seen: [...answers, ...own] };
}

const withoutFiles =
  'its agent lets nobody read files: cloud-init, machine id and SSH host key were not looked at';

function contentOf(file: AgentFile): string {
  return typeof file === 'object' ? file.content : '';
}

async function seenByTalosApi(
  client: ProxmoxClient,
  place: GuestPlace,
  state: { readonly hasSettled: boolean; readonly talosPort: number },
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

/** Without an agent nothing inside can be seen. */
async function seenFromOutside(
  client: ProxmoxClient,
  place: GuestPlace,
  { hasSettled }: { readonly hasSettled: boolean },
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
