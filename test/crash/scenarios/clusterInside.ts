import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { StandInControl } from '../../../standins/control';
import type { Cluster, Machine as InsideMachine } from '../../../standins/state/types';
import { newSecrets, pair, type SecretsBundle } from '../../../standins/talosctl/secrets';
import { talosPaths } from '../../../src/talos/folder';
import type { Site } from '../equipment/equipment';
import { instance, nameOf, profile, uuidOf, type Machine, type StateBefore } from './clusterCluster';

/** Where the product keeps the secrets of the cluster of before. */
export function talosFolderOf({ stateFolder, cluster }: Pick<Site, 'stateFolder' | 'cluster'>): string {
  return join(stateFolder, 'talos', cluster, profile, instance);
}

/**
 * What is inside of the machines of before: Talos with the secrets in the state folder, etcd that was bootstrapped on the
 * first of them, Kubernetes with a deployment on its workers.
 */
export function madeBefore(machines: readonly Machine[], state: StateBefore = 'ready') {
  return async (site: Site, standIns: StandInControl): Promise<void> => {
    const secrets = newSecrets();
    const token = tokenOf(secrets);
    standIns.change((all, now) => {
      all.machines = machines.map((it) => ({ ...insideOf(it, secrets), ...powerOf(state, now) }));
      all.clusters = [clusterOf(machines, secrets, now)];
    });
    const folder = talosFolderOf(site);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const paths = talosPaths(folder);
    await writeFile(paths.secrets, stringify(secrets, { lineWidth: 0 }), { mode: 0o600 });
    await writeFile(paths.talosconfig, talosconfigText(secrets), { mode: 0o600 });
    await writeFile(paths.kubeconfig, kubeconfigText(standIns, token), { mode: 0o600 });
  };
}

const longAgoMs = 3_600_000;

function powerOf(state: StateBefore, now: number): Pick<InsideMachine, 'phase' | 'runsSince'> {
  return state === 'aside' ? { phase: 'off' } : { phase: 'running', runsSince: now - longAgoMs };
}

function insideOf(machine: Machine, { cluster, certs }: SecretsBundle): Omit<InsideMachine, 'phase'> {
  const kind = machine.role === 'cp' ? 'controlplane' : 'worker';
  return {
    uuid: uuidOf(machine),
    address: machine.address,
    hasEtcdData: kind === 'controlplane',
    configuration: {
      ...{ cluster: cluster.id, authority: certs.os.crt, kubernetesToken: tokenOf({ cluster }) },
      ...{ endpoint: 'https://10.5.0.10:6443', kind, hostname: nameOf(machine) },
      digest: createHash('sha256').update(nameOf(machine)).digest('hex'),
    },
  };
}

function clusterOf(machines: readonly Machine[], secrets: SecretsBundle, now: number): Cluster {
  const controlPlanes = machines.filter(({ role }) => role === 'cp');
  return {
    ...{ id: secrets.cluster.id, kubernetesToken: tokenOf(secrets), hasSplitBrain: false },
    bootstraps: controlPlanes.slice(0, 1).map(uuidOf),
    bootstrappedAt: now - longAgoMs,
    etcdMembers: controlPlanes.map((it) => ({
      id: createHash('sha256').update(uuidOf(it)).digest('hex').slice(0, 16),
      ...{ uuid: uuidOf(it), hostname: nameOf(it) },
    })),
    nodes: machines.map((it) => ({
      ...{ name: nameOf(it), uid: `node-${nameOf(it)}`, version: 1 },
      ...{ uuid: uuidOf(it), address: it.address },
      ...{ isControlPlane: it.role === 'cp', isUnschedulable: false },
    })),
    ...{ revision: 1, pods: [], kustomizations: [] },
    deployments: [{ namespace: 'default', name: 'web', replicas: 2, hasLocalData: false, made: 0 }],
  };
}

/** As the stand-ins make it of the cluster's secret. */
function tokenOf({ cluster: { secret } }: Pick<SecretsBundle, 'cluster'>): string {
  return createHash('sha256').update(`kubernetes ${secret}`).digest('base64url');
}

function talosconfigText({ certs: { os } }: SecretsBundle): string {
  const { crt, key } = pair();
  return stringify(
    { context: profile, contexts: { [profile]: { endpoints: [], ca: os.crt, crt, key } } },
    { lineWidth: 0 },
  );
}

function kubeconfigText(standIns: StandInControl, token: string): string {
  const { url = '', certificateAuthority = '' } = standIns.state().kubernetesApi ?? {};
  const authority = Buffer.from(certificateAuthority).toString('base64');
  return stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'admin@talos' },
    clusters: [{ name: 'talos', cluster: { server: url, 'certificate-authority-data': authority } }],
    users: [{ name: 'admin@talos', user: { token } }],
    contexts: [
      { name: 'admin@talos', context: { cluster: 'talos', namespace: 'default', user: 'admin@talos' } },
    ],
  });
}
