import type { V1Node } from '@kubernetes/client-node';
import { ManagerError } from '../domain/errors';
import type { Kubernetes } from './client';

/** Annotation of a node that was cordoned here, set and taken away together with that. */
const cordonMark = 'proxmox-manager/cordoned';

/** A node of Kubernetes. */
export interface NodeSeen {
  readonly name: string;
  /** Of the object: what is made anew under its name has another one. */
  readonly uid: string;
  /** Of the object as it was seen: every change gives it another one. */
  readonly resourceVersion: string;
  /** SMBIOS uuid that its kubelet read, lower case. */
  readonly uuid: string;
  readonly ready: boolean;
  readonly isUnschedulable: boolean;
  /** A drain of ours has cordoned it: before, it took pods. */
  readonly isCordonedByUs: boolean;
  /** Why it is not ready, in the kubelet's words. */
  readonly because?: string;
  /** e.g. `v1.35.2` */
  readonly version: string;
}

/** All nodes. */
export async function listNodes(kubernetes: Kubernetes): Promise<readonly NodeSeen[]> {
  const { items } = await kubernetes.call('list the nodes of Kubernetes', ({ core }, options) =>
    core.listNode({}, options),
  );
  return items.map(seen);
}

function seen({ metadata, spec, status }: V1Node): NodeSeen {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const isReady = ready?.status === 'True';
  const because = ready?.message ?? ready?.reason;
  return {
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    uuid: (status?.nodeInfo?.systemUUID ?? '').toLowerCase(),
    ready: isReady,
    isUnschedulable: spec?.unschedulable ?? false,
    isCordonedByUs: metadata?.annotations?.[cordonMark] !== undefined,
    ...(isReady || because === undefined ? {} : { because }),
    version: status?.nodeInfo?.kubeletVersion ?? '',
  };
}

/** What there is of a machine in Kubernetes. */
export interface NodeOfMachine {
  /** The node that the machine is, by its uuid; absent: it is none (any more). */
  readonly own?: NodeSeen;
  /** The node of its name, where that is another machine: one that is gone, until the next one of the name takes it over. */
  readonly namesake?: NodeSeen;
}

/** The node that a machine is: by its uuid, for names are given again. */
export async function findNode(
  kubernetes: Kubernetes,
  machine: { readonly name: string; readonly uuid: string },
): Promise<NodeOfMachine> {
  const nodes = await listNodes(kubernetes);
  const own = nodes.find(({ uuid }) => uuid === machine.uuid.toLowerCase());
  if (own !== undefined) return { own };
  const namesake = nodes.find(({ name }) => name === machine.name);
  return namesake === undefined ? {} : { namesake };
}

/** The kubelet and the controllers write a node now and then, never as often in a row. */
const tries = 5;

/**
 * Changes the node that a machine is, as it was just seen. `change` is refused (409) where another object has its name by
 * then, or where anything of it has changed; then it is looked for once more. So nothing that is sent late changes the node
 * of the next machine of the name, whether that was made anew or has taken the object over. What was changed, as it was
 * before; undefined: the machine is no node (any more).
 */
export async function changeOwnNode(
  kubernetes: Kubernetes,
  machine: { readonly name: string; readonly uuid: string },
  change: (own: NodeSeen) => Promise<void>,
): Promise<NodeSeen | undefined> {
  for (let left = tries - 1; ; left -= 1) {
    const { own } = await findNode(kubernetes, machine);
    if (own === undefined) return undefined;
    try {
      await change(own);
      return own;
    } catch (error) {
      const isOutdated = isRefusedWith(error, 404) || isRefusedWith(error, 409);
      if (left === 0 || !isOutdated) throw error;
    }
  }
}

function isRefusedWith(error: unknown, status: number): boolean {
  return error instanceof ManagerError && error.problem.status === status;
}

/** Whether a node is still the same object, and the same machine's. */
export async function isStillNode(
  kubernetes: Kubernetes,
  { name, uid, uuid }: Pick<NodeSeen, 'name' | 'uid' | 'uuid'>,
): Promise<boolean> {
  try {
    const node = await kubernetes.call(`read the node ${name}`, ({ core }, options) =>
      core.readNode({ name }, options),
    );
    const now = seen(node);
    return now.uid === uid && now.uuid === uuid;
  } catch (error) {
    if (isRefusedWith(error, 404)) return false;
    throw error;
  }
}

/**
 * Lets no new pods onto a node, and marks it as cordoned by us. One that a person has cordoned before stays as it is.
 * Repeating it changes nothing. See {@link changeOwnNode} for when it is refused.
 */
export async function cordon(kubernetes: Kubernetes, node: NodeSeen): Promise<void> {
  if (node.isUnschedulable) return;
  await patchNode(kubernetes, `cordon the node ${node.name}`, node, { mark: 'true', unschedulable: true });
}

/**
 * Lets pods onto a node again, if it took them before we have cordoned it. Repeating it changes nothing. See
 * {@link changeOwnNode} for when it is refused.
 */
export async function uncordon(kubernetes: Kubernetes, node: NodeSeen): Promise<void> {
  if (!node.isCordonedByUs) return;
  await patchNode(kubernetes, `uncordon the node ${node.name}`, node, { mark: null, unschedulable: null });
}

/**
 * As a merge patch: null takes away. Of exactly this object in this version; the uid alone would be told to be immutable
 * (422), not to be outdated (kubernetes/kubernetes, pull request 126107).
 */
async function patchNode(
  kubernetes: Kubernetes,
  attempted: string,
  { name, uid, resourceVersion }: NodeSeen,
  { mark, unschedulable }: { readonly mark: string | null; readonly unschedulable: boolean | null },
): Promise<void> {
  const { PatchStrategy, setHeaderOptions } = await import('@kubernetes/client-node');
  const metadata = { uid, resourceVersion, annotations: { [cordonMark]: mark } };
  const body = { metadata, spec: { unschedulable } };
  await kubernetes.call(attempted, ({ core }, options) =>
    core.patchNode({ name, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch, options)),
  );
}

/**
 * Takes a node's object away, exactly this one in this version, once its machine is gone. That it is gone already is
 * success. See {@link changeOwnNode} for when it is refused.
 */
export async function deleteNode(
  kubernetes: Kubernetes,
  { name, uid, resourceVersion }: NodeSeen,
): Promise<void> {
  const { V1DeleteOptions, V1Preconditions } = await import('@kubernetes/client-node');
  const preconditions = Object.assign(new V1Preconditions(), { uid, resourceVersion });
  const body = Object.assign(new V1DeleteOptions(), { preconditions });
  try {
    await kubernetes.call(`delete the node ${name} of Kubernetes`, ({ core }, options) =>
      core.deleteNode({ name, body }, options),
    );
  } catch (error) {
    if (!isRefusedWith(error, 404)) throw error;
  }
}
