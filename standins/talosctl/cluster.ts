import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ToolError, type Given } from '../cobra';
import type { StandInContext } from '../program';
import { hasQuorum, isReady, kubernetesAnswers } from '../state/facts';
import type { StandInState } from '../state/types';
import { machineOf } from './access';
import { clusterOf } from './etcd';

const pollEveryMs = 20;
const defaultWaitMs = 20 * 60_000;

/** `talosctl health`: waits until all is well, or for too long. */
export async function health(context: StandInContext, given: Given): Promise<string> {
  const deadline = Date.now() + (given.duration('wait-timeout') ?? defaultWaitMs);
  let told = '';
  for (;;) {
    const missing = context.change((state, now) => whatIsMissing(state, given, now));
    if (missing === undefined) return '';
    if (missing !== told) context.note(`waiting for ${missing}: ...`);
    told = missing;
    if (Date.now() >= deadline) {
      throw new ToolError(
        'healthcheck error: rpc error: code = DeadlineExceeded desc = context deadline exceeded',
      );
    }
    await delay(pollEveryMs);
  }
}

function whatIsMissing(state: StandInState, given: Given, now: number): string | undefined {
  const cluster = clusterOf(state, machineOf(state, given));
  const controlPlanes = given.list('control-plane-nodes');
  const wanted = [...controlPlanes, ...given.list('worker-nodes')];
  const uuids = controlPlanes.map((address) => state.machines.find((it) => it.address === address)?.uuid);
  if (!hasQuorum(cluster, state)) return 'etcd to be healthy';
  if (uuids.some((uuid) => !cluster.etcdMembers.some((it) => it.uuid === uuid))) {
    return 'etcd members to be consistent across nodes';
  }
  if (!kubernetesAnswers(cluster, state, now)) return 'apid to be ready';
  const ready = cluster.nodes.filter((node) => isReady(cluster, state, node)).map(({ address }) => address);
  return wanted.every((address) => ready.includes(address)) ? undefined : 'all k8s nodes to report ready';
}

/** `talosctl kubeconfig` */
export function kubeconfig(context: StandInContext, given: Given): string {
  const path = given.words[0] ?? 'kubeconfig';
  if (given.bool('merge', true)) throw new ToolError('this stand-in does not merge: use --merge=false');
  if (existsSync(path) && !given.bool('force', false)) {
    throw new ToolError(`kubeconfig file already exists, use --force to overwrite: "${path}"`);
  }
  return context.change((state) => {
    const machine = machineOf(state, given);
    if (machine.configuration?.kind !== 'controlplane') {
      throw new ToolError(
        'error copying: rpc error: code = Unimplemented desc = kubeconfig is only available on control plane nodes',
      );
    }
    writeFileSync(path, kubeconfigText(state, machine.configuration), { mode: 0o640 });
    return '';
  });
}

function kubeconfigText(
  { kubernetesApi }: StandInState,
  { kubernetesToken, endpoint }: { readonly kubernetesToken: string; readonly endpoint: string },
): string {
  const ca = Buffer.from(kubernetesApi?.certificateAuthority ?? '').toString('base64');
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    '    - name: talos',
    '      cluster:',
    `          server: ${kubernetesApi?.url ?? endpoint}`,
    ...(ca === '' ? [] : [`          certificate-authority-data: ${ca}`]),
    'users:',
    '    - name: admin@talos',
    '      user:',
    `          token: ${kubernetesToken}`,
    'contexts:',
    '    - name: admin@talos',
    '      context: { cluster: talos, namespace: default, user: admin@talos }',
    'current-context: admin@talos',
    '',
  ].join('\n');
}
