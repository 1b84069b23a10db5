import type { V1Pod } from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import { ManagerError, problem } from '../domain/errors';
import type { Kubernetes } from './client';
import { changeOwnNode, cordon, isStillNode, type NodeSeen } from './nodes';

/** How a node is drained. */
export interface DrainOptions {
  readonly timeoutMs: number;
  /** Between two looks, and two tries of what a budget refused. */
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Called right before each request that changes something: throws where that must not be sent any more. */
  readonly beforeCall: () => void;
  /** What is still there, whenever it is looked at. */
  readonly tell?: (left: readonly string[]) => void;
}

/** What a drain did. */
export interface Drained {
  /** `namespace/name` */
  readonly evicted: readonly string[];
  /** Those of them whose local data (emptyDir) is gone with them. */
  readonly withLocalData: readonly string[];
  /** Pods without an owner: nobody makes them again. */
  readonly withoutOwner: readonly string[];
}

interface PodSeen {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly hasLocalData: boolean;
  readonly hasOwner: boolean;
}

/**
 * Cordons the node that a machine is and evicts its pods, as `kubectl drain --ignore-daemonsets --delete-emptydir-data
 * --force` does: pods of DaemonSets and static pods stay. An eviction that a PodDisruptionBudget refuses is asked for again
 * until the time is over; no pod is ever deleted past its budget. Repeating it goes on with what is left; a node that goes
 * meanwhile is left, for the next one of its name is not the same. Undefined: the machine is no node. Throws NotAsExpected,
 * with what holds it up, when the time is over: the node stays cordoned.
 */
export async function drainNode(
  kubernetes: Kubernetes,
  machine: Pick<NodeSeen, 'name' | 'uuid'>,
  options: DrainOptions,
): Promise<Drained | undefined> {
  const node = await changeOwnNode(kubernetes, machine, (own) => {
    options.beforeCall();
    return cordon(kubernetes, own);
  });
  if (node === undefined) return undefined;
  const begun = performance.now();
  const evicted = new Map<string, PodSeen>();
  const refusals = new Map<string, string>();
  for (;;) {
    const left = await podsToEvict(kubernetes, node.name);
    options.tell?.(left.map(({ id }) => id));
    // Looked at after them: then they are pods of this node, and each is evicted by its own uid.
    if (left.length === 0 || !(await isStillNode(kubernetes, node))) return drained([...evicted.values()]);
    for (const pod of left) {
      if (evicted.has(pod.uid)) continue;
      options.beforeCall();
      const refused = await evict(kubernetes, pod);
      if (refused === undefined) evicted.set(pod.uid, pod);
      else refusals.set(pod.id, refused);
    }
    if (performance.now() - begun > options.timeoutMs)
      throw heldUp(node.name, left, evicted, refusals, options.timeoutMs);
    await delay(options.everyMs, undefined, { signal: options.signal });
  }
}

function drained(pods: readonly PodSeen[]): Drained {
  const ids = (which: (pod: PodSeen) => boolean) => pods.filter(which).map(({ id }) => id);
  return {
    evicted: ids(() => true),
    withLocalData: ids(({ hasLocalData }) => hasLocalData),
    withoutOwner: ids(({ hasOwner }) => !hasOwner),
  };
}

async function podsToEvict(kubernetes: Kubernetes, node: string): Promise<readonly PodSeen[]> {
  const fieldSelector = `spec.nodeName=${node}`;
  const { items } = await kubernetes.call(`list the pods on ${node}`, ({ core }, options) =>
    core.listPodForAllNamespaces({ fieldSelector }, options),
  );
  return items.filter(isMovable).map(podSeen);
}

/** Pods of DaemonSets come back at once; static pods are files of the node; what has ended needs no place. */
function isMovable({ metadata, status }: V1Pod): boolean {
  const isMirror = metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  const isOfDaemonSet = metadata?.ownerReferences?.some(
    ({ kind, controller }) => kind === 'DaemonSet' && controller === true,
  );
  const hasEnded = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return !isMirror && isOfDaemonSet !== true && !hasEnded;
}

function podSeen({ metadata, spec }: V1Pod): PodSeen {
  const namespace = metadata?.namespace ?? '';
  const name = metadata?.name ?? '';
  return {
    ...{ id: `${namespace}/${name}`, namespace, name, uid: metadata?.uid ?? '' },
    hasLocalData: spec?.volumes?.some(({ emptyDir }) => emptyDir !== undefined) === true,
    hasOwner: metadata?.ownerReferences?.some(({ controller }) => controller === true) === true,
  };
}

/** Undefined once it is granted; else the budget's own words. */
async function evict(kubernetes: Kubernetes, { namespace, name, uid }: PodSeen): Promise<string | undefined> {
  // Of exactly this pod: another one may have its name by now.
  const deleteOptions = uid === '' ? {} : { deleteOptions: { preconditions: { uid } } };
  const { V1Eviction } = await import('@kubernetes/client-node');
  const metadata = { name, namespace };
  const body = Object.assign(new V1Eviction(), {
    ...{ apiVersion: 'policy/v1', kind: 'Eviction', metadata },
    ...deleteOptions,
  });
  try {
    await kubernetes.call(`evict the pod ${namespace}/${name}`, ({ core }, options) =>
      core.createNamespacedPodEviction({ name, namespace, body }, options),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    const { status, proxmoxSaid, failed } = error.problem;
    if (status === 429) return proxmoxSaid ?? failed;
    // It has gone meanwhile, or another one has its name: the next look tells.
    if (status === 404 || status === 409) return undefined;
    throw error;
  }
}

const shownPods = 5;

function heldUp(
  node: string,
  left: readonly PodSeen[],
  evicted: ReadonlyMap<string, PodSeen>,
  refusals: ReadonlyMap<string, string>,
  timeoutMs: number,
): ManagerError {
  const because = left
    .slice(0, shownPods)
    .map(
      ({ id, uid }) =>
        `${id}: ${evicted.has(uid) ? 'evicted, has not ended yet' : (refusals.get(id) ?? 'not asked')}`,
    );
  return new ManagerError(
    problem('NotAsExpected', {
      attempted: `drain the node ${node}`,
      failed: `${left.length} ${left.length === 1 ? 'pod is' : 'pods are'} still there after ${timeoutMs / 1000} s; the node stays cordoned`,
      proxmoxSaid: because.join('\n'),
      saidBy: 'Kubernetes',
      remedy:
        'Give the pods another place (more nodes, more replicas) or change the budget that holds them, then retry: it goes on with what is left. Where the machine is broken its pods never end: switch it off, then retry.',
    }),
  );
}
