import { isReady } from '../state/facts';
import type { Cluster, Deployment, KubernetesNode, Kustomization, Pod, StandInState } from '../state/types';

/** An answer of the API: an object and its HTTP status. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** A good answer. */
export const ok = (body: object): Answer => ({ status: 200, body });

/** A refusal as Kubernetes words it. */
export function failure(status: number, reason: string, message: string, more: object = {}): Answer {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: status,
  };
  return { status, body: { ...body, ...more } };
}

/** There is no such object. */
export function notFound(kind: string, name: string): Answer {
  return failure(404, 'NotFound', `${kind} "${name}" not found`, { details: { name, kind } });
}

/** Several objects. */
export function list(kind: string, apiVersion: string, items: readonly object[]): Answer {
  return ok({ kind, apiVersion, metadata: { resourceVersion: '1' }, items });
}

const iso = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** A node as the API shows it. */
export function nodeObject(cluster: Cluster, state: StandInState, node: KubernetesNode): object {
  const ready = isReady(cluster, state, node);
  return {
    kind: 'Node',
    apiVersion: 'v1',
    metadata: {
      name: node.name,
      uid: node.uid,
      resourceVersion: String(node.version),
      labels: {
        'kubernetes.io/hostname': node.name,
        ...(node.isControlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
      },
      ...(node.annotations === undefined ? {} : { annotations: node.annotations }),
    },
    spec: node.isUnschedulable ? { unschedulable: true } : {},
    status: {
      addresses: [
        { type: 'InternalIP', address: node.address },
        { type: 'Hostname', address: node.name },
      ],
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'Unknown',
          reason: ready ? 'KubeletReady' : 'NodeStatusUnknown',
          message: ready ? 'kubelet is posting ready status' : 'Kubelet stopped posting node status.',
        },
      ],
      nodeInfo: {
        systemUUID: node.uuid,
        kubeletVersion: state.versions.kubectl,
        osImage: `Talos (${state.versions.talosctl})`,
      },
    },
  };
}

/** A pod as the API shows it. */
export function podObject(pod: Pod, now: number): object {
  const { owner } = pod;
  const isMirror = owner.kind === 'Node';
  const reference = {
    apiVersion: 'apps/v1',
    kind: owner.kind,
    name: owner.name,
    uid: `${owner.kind}-${owner.name}`,
    controller: true,
  };
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      uid: `${pod.namespace}-${pod.name}`,
      resourceVersion: '1',
      labels: pod.labels,
      ...(isMirror ? { annotations: { 'kubernetes.io/config.mirror': pod.name } } : {}),
      ...(owner.kind === 'none' ? {} : { ownerReferences: [reference] }),
      ...(pod.goneAt === undefined ? {} : { deletionTimestamp: iso(now), deletionGracePeriodSeconds: 30 }),
    },
    spec: {
      ...(pod.node === undefined ? {} : { nodeName: pod.node }),
      containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }],
      ...(pod.hasLocalData ? { volumes: [{ name: 'scratch', emptyDir: {} }] } : {}),
    },
    status: { phase: pod.node === undefined || pod.readyAt > now ? 'Pending' : 'Running' },
  };
}

/** A Kustomization of Flux as the API shows it. */
export function kustomizationObject(it: Kustomization, now: number): object {
  const isOver = it.readyAt <= now;
  const ready = isOver ? (it.failure === undefined ? 'True' : 'False') : 'Unknown';
  const reasons = { True: 'ReconciliationSucceeded', False: 'BuildFailed', Unknown: 'Progressing' } as const;
  const message =
    ready === 'True' ? `Applied revision: ${it.revision}` : (it.failure ?? 'Reconciliation in progress');
  return {
    kind: 'Kustomization',
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    metadata: { name: it.name, namespace: it.namespace, generation: 1, resourceVersion: '1' },
    spec: { path: it.path, prune: true, sourceRef: { kind: 'GitRepository', name: it.name } },
    status: {
      observedGeneration: 1,
      conditions: [{ type: 'Ready', status: ready, reason: reasons[ready], message }],
      ...(ready === 'True' ? { lastAppliedRevision: it.revision } : {}),
    },
  };
}

/** What a drain asks of the owner of a pod. */
export function ownerObject(kind: 'DaemonSet' | 'ReplicaSet', namespace: string, name: string): object {
  return {
    kind,
    apiVersion: 'apps/v1',
    metadata: { name, namespace, uid: `${kind}-${name}` },
    spec: {},
    status: {},
  };
}

/** A budget as the API shows it. */
export function budgetObject({ namespace, name, minimumAvailable }: Deployment): object {
  return {
    kind: 'PodDisruptionBudget',
    apiVersion: 'policy/v1',
    metadata: { name, namespace },
    spec: { minAvailable: minimumAvailable, selector: { matchLabels: { app: name } } },
  };
}

/** What clients ask first: which groups and resources there are. */
export const discovery: Readonly<Record<string, object>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [group('apps', 'v1'), group('policy', 'v1'), group('kustomize.toolkit.fluxcd.io', 'v1')],
  },
  '/api/v1': resources('v1', [
    ['nodes', 'Node', false],
    ['pods', 'Pod', true],
    ['pods/eviction', 'Eviction', true, { group: 'policy', version: 'v1' }],
    ['namespaces', 'Namespace', false],
  ]),
  '/apis/apps/v1': resources('apps/v1', [
    ['daemonsets', 'DaemonSet', true],
    ['replicasets', 'ReplicaSet', true],
  ]),
  '/apis/policy/v1': resources('policy/v1', [['poddisruptionbudgets', 'PodDisruptionBudget', true]]),
  '/apis/kustomize.toolkit.fluxcd.io/v1': resources('kustomize.toolkit.fluxcd.io/v1', [
    ['kustomizations', 'Kustomization', true],
  ]),
};

function group(name: string, version: string): object {
  const only = { groupVersion: `${name}/${version}`, version };
  return { name, versions: [only], preferredVersion: only };
}

function resources(
  groupVersion: string,
  rows: readonly (readonly [name: string, kind: string, namespaced: boolean, more?: object])[],
): object {
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: rows.map(([name, kind, namespaced, more = {}]) => ({
      ...{ name, singularName: kind.toLowerCase(), namespaced, kind },
      verbs: name.includes('/')
        ? ['create']
        : ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      ...more,
    })),
  };
}
