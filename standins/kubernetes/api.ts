import { isHealthy, kubernetesAnswers, podsOf } from '../state/facts';
import { markChanged } from '../state/nodes';
import type { Cluster, KubernetesNode, Pod, StandInState } from '../state/types';
import {
  budgetObject,
  discovery,
  failure,
  kustomizationObject,
  list,
  nodeObject,
  notFound,
  ok,
  ownerObject,
  podObject,
  type Answer,
} from './objects';

/** A request as far as it counts. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string;
  readonly body: unknown;
}

interface Scene {
  readonly state: StandInState;
  readonly cluster: Cluster;
  readonly now: number;
  readonly request: ApiRequest;
}

type Handler = (scene: Scene, ...parts: string[]) => Answer;

const routes: readonly (readonly [method: string, path: RegExp, handler: Handler])[] = [
  ['GET', /^\/version$/, ({ state }) => ok({ major: '1', minor: '35', gitVersion: state.versions.kubectl })],
  ['GET', /^\/api\/v1\/nodes$/, listNodes],
  ['GET', /^\/api\/v1\/nodes\/([^/]+)$/, (scene, name) => withNode(scene, name, (node) => ok(node))],
  ['PATCH', /^\/api\/v1\/nodes\/([^/]+)$/, patchNode],
  ['DELETE', /^\/api\/v1\/nodes\/([^/]+)$/, deleteNode],
  ['GET', /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?pods$/, listPods],
  [
    'GET',
    /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)$/,
    (scene, ...id) => withPod(scene, id, (pod) => ok(podObject(pod, scene.now))),
  ],
  [
    'DELETE',
    /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)$/,
    (scene, ...id) => withPod(scene, id, (pod) => end(scene, pod)),
  ],
  [
    'POST',
    /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/eviction$/,
    (scene, ...id) => withPod(scene, id, (pod) => evict(scene, pod)),
  ],
  ['GET', /^\/apis\/apps\/v1\/namespaces\/([^/]+)\/(daemonsets|replicasets)\/([^/]+)$/, getOwner],
  ['GET', /^\/apis\/policy\/v1\/poddisruptionbudgets$/, listBudgets],
  [
    'GET',
    /^\/apis\/kustomize\.toolkit\.fluxcd\.io\/v1\/namespaces\/([^/]+)\/kustomizations\/([^/]+)$/,
    getKustomization,
  ],
];

/** Answers a request, or not at all (undefined) where no API server of that cluster runs. */
export function answerApi(state: StandInState, now: number, request: ApiRequest): Answer | undefined {
  const cluster = state.clusters.find(({ kubernetesToken }) => kubernetesToken === request.token);
  if (cluster === undefined) return failure(401, 'Unauthorized', 'Unauthorized');
  if (!kubernetesAnswers(cluster, state, now)) return undefined;
  const known = discovery[request.path];
  if (known !== undefined) return ok(known);
  for (const [method, path, handler] of routes) {
    const match = path.exec(request.path);
    if (match !== null && method === request.method) {
      return handler({ state, cluster, now, request }, ...match.slice(1));
    }
  }
  return failure(404, 'NotFound', 'the server could not find the requested resource');
}

function listNodes({ state, cluster }: Scene): Answer {
  return list(
    'NodeList',
    'v1',
    cluster.nodes.map((node) => nodeObject(cluster, state, node)),
  );
}

function withNode({ state, cluster }: Scene, name: string, use: (shown: object) => Answer): Answer {
  const node = cluster.nodes.find((it) => it.name === name);
  return node === undefined ? notFound('nodes', name) : use(nodeObject(cluster, state, node));
}

function patchNode(scene: Scene, name: string): Answer {
  const { cluster, request } = scene;
  const node = cluster.nodes.find((it) => it.name === name);
  if (node === undefined) return notFound('nodes', name);
  const refused = refusedPatch(node, at(request.body, 'metadata'));
  if (refused !== undefined) return refused;
  const wanted = unschedulableIn(request.body);
  if (wanted === undefined) return failure(422, 'Invalid', 'only spec.unschedulable can be changed here');
  const before = JSON.stringify(node);
  node.isUnschedulable = wanted;
  node.annotations = annotated(node.annotations ?? {}, request.body);
  if (JSON.stringify(node) !== before) markChanged(cluster, node);
  return withNode(scene, name, (shown) => ok(shown));
}

/** The version is compared first; a uid that is another one is a change of what can't be changed. */
function refusedPatch({ name, uid, version }: KubernetesNode, metadata: unknown): Answer | undefined {
  const wantedVersion = at(metadata, 'resourceVersion');
  if (wantedVersion !== undefined && wantedVersion !== String(version)) {
    return conflict(
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
  const wantedUid = at(metadata, 'uid');
  if (wantedUid === undefined || wantedUid === uid) return undefined;
  const why = `metadata.uid: Invalid value: ${JSON.stringify(wantedUid)}: field is immutable`;
  return failure(422, 'Invalid', `Node "${name}" is invalid: ${why}`);
}

/** What a merge patch (an absent or null value takes the mark away) or a JSON patch makes of it. */
function unschedulableIn(body: unknown): boolean | undefined {
  if (Array.isArray(body)) {
    const steps: unknown[] = body;
    const step = steps.find((it) => at(it, 'path') === '/spec/unschedulable');
    return step === undefined ? undefined : at(step, 'value') === true;
  }
  const spec = at(body, 'spec');
  if (!isRecord(spec) || !('unschedulable' in spec)) return undefined;
  return spec['unschedulable'] === true;
}

/** Annotations after a merge patch: null takes one away. */
function annotated(before: Readonly<Record<string, string>>, body: unknown): Record<string, string> {
  const patch = at(at(body, 'metadata'), 'annotations');
  const all = Object.entries({ ...before, ...(isRecord(patch) ? patch : {}) });
  return Object.fromEntries(
    all.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : [])),
  );
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) ? value[key] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function deleteNode({ cluster, request }: Scene, name: string): Answer {
  const node = cluster.nodes.find((it) => it.name === name);
  if (node === undefined) return notFound('nodes', name);
  const refused = refusedDeletion(node, at(request.body, 'preconditions'));
  if (refused !== undefined) return refused;
  cluster.nodes = cluster.nodes.filter((it) => it !== node);
  return ok({ kind: 'Status', apiVersion: 'v1', status: 'Success', details: { name, kind: 'nodes' } });
}

function refusedDeletion({ name, uid, version }: KubernetesNode, preconditions: unknown): Answer | undefined {
  const recorded = [
    ['UID', at(preconditions, 'uid'), uid, 'deleted and then recreated'],
    ['ResourceVersion', at(preconditions, 'resourceVersion'), String(version), 'modified'],
  ] as const;
  const differs = recorded.find(([, wanted, is]) => wanted !== undefined && wanted !== is);
  if (differs === undefined) return undefined;
  const [what, wanted, is, became] = differs;
  return conflict(
    name,
    `the ${what} in the precondition (${String(wanted)}) does not match the ${what} in record (${is}). The object might have been ${became}`,
  );
}

function conflict(name: string, why: string): Answer {
  const details = { name, kind: 'nodes' };
  return failure(409, 'Conflict', `Operation cannot be fulfilled on nodes "${name}": ${why}`, { details });
}

function listPods({ cluster, now, request }: Scene, namespace?: string): Answer {
  const onNode = /(?:^|,)spec\.nodeName=([^,]+)/.exec(request.query.get('fieldSelector') ?? '')?.[1];
  const pods = cluster.pods.filter(
    (pod) =>
      (namespace === undefined || pod.namespace === namespace) &&
      (onNode === undefined || pod.node === onNode),
  );
  return list(
    'PodList',
    'v1',
    pods.map((pod) => podObject(pod, now)),
  );
}

function withPod(
  { cluster }: Scene,
  [namespace, name = '']: readonly string[],
  use: (pod: Pod) => Answer,
): Answer {
  const pod = cluster.pods.find((it) => it.namespace === namespace && it.name === name);
  return pod === undefined ? notFound('pods', name) : use(pod);
}

function end({ state, now }: Scene, pod: Pod): Answer {
  pod.goneAt ??= now + state.timings.podStop;
  return { status: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
}

function evict(scene: Scene, pod: Pod): Answer {
  const { cluster, now } = scene;
  const owner = cluster.deployments.find((it) => podsOf(cluster, it).includes(pod));
  if (pod.goneAt === undefined && owner?.minimumAvailable !== undefined) {
    const healthy = podsOf(cluster, owner).filter((it) => isHealthy(it, now)).length;
    if (healthy - 1 < owner.minimumAvailable) {
      const why = `The disruption budget ${owner.name} needs ${owner.minimumAvailable} healthy pods and has ${healthy} currently`;
      return failure(
        429,
        'TooManyRequests',
        "Cannot evict pod as it would violate the pod's disruption budget.",
        {
          details: { causes: [{ reason: 'DisruptionBudget', message: why }] },
        },
      );
    }
  }
  return end(scene, pod);
}

function getOwner({ cluster }: Scene, namespace: string, kinds: string, name: string): Answer {
  const kind = kinds === 'daemonsets' ? 'DaemonSet' : 'ReplicaSet';
  const isThere = cluster.pods.some(
    ({ owner, ...pod }) => pod.namespace === namespace && owner.kind === kind && owner.name === name,
  );
  return isThere ? ok(ownerObject(kind, namespace, name)) : notFound(kinds, name);
}

function listBudgets({ cluster }: Scene): Answer {
  const withBudget = cluster.deployments.filter(({ minimumAvailable }) => minimumAvailable !== undefined);
  return list('PodDisruptionBudgetList', 'policy/v1', withBudget.map(budgetObject));
}

function getKustomization({ cluster, now }: Scene, namespace: string, name: string): Answer {
  const found = cluster.kustomizations.find((it) => it.namespace === namespace && it.name === name);
  return found === undefined
    ? notFound('kustomizations.kustomize.toolkit.fluxcd.io', name)
    : ok(kustomizationObject(found, now));
}
