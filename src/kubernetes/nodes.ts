import type { V1Node } from '@kubernetes/client-node';
import { ManagerError } from '../domain/errors';
import type { Kubernetes } from './client';

/** Annotation of a node that was cordoned here, set and taken away together with that. */
const cordonMark = 'proxmox-manager/cordoned';

/** A node of Kubernetes. */
export interface NodeSeen {
  readonly name: string;
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

/**
 * Lets no new pods onto a node, and marks it as cordoned by us. One that a person has cordoned before stays as it is.
 * Repeating it changes nothing.
 */
export async function cordon(
  kubernetes: Kubernetes,
  { name, isUnschedulable }: Pick<NodeSeen, 'name' | 'isUnschedulable'>,
): Promise<void> {
  if (isUnschedulable) return;
  await patchNode(kubernetes, `cordon the node ${name}`, name, {
    metadata: { annotations: { [cordonMark]: 'true' } },
    spec: { unschedulable: true },
  });
}

/** Lets pods onto a node again, if it took them before we have cordoned it. Repeating it changes nothing. */
export async function uncordon(
  kubernetes: Kubernetes,
  { name, isCordonedByUs }: Pick<NodeSeen, 'name' | 'isCordonedByUs'>,
): Promise<void> {
  if (!isCordonedByUs) return;
  await patchNode(kubernetes, `uncordon the node ${name}`, name, {
    metadata: { annotations: { [cordonMark]: null } },
    spec: { unschedulable: null },
  });
}

/** As a merge patch: null takes away. */
async function patchNode(
  kubernetes: Kubernetes,
  attempted: string,
  name: string,
  body: object,
): Promise<void> {
  const { PatchStrategy, setHeaderOptions } = await import('@kubernetes/client-node');
  await kubernetes.call(attempted, ({ core }, options) =>
    core.patchNode({ name, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch, options)),
  );
}

/** Takes a node's object away, once its machine is gone. That it is gone already is success. */
export async function deleteNode(kubernetes: Kubernetes, name: string): Promise<void> {
  try {
    await kubernetes.call(`delete the node ${name} of Kubernetes`, ({ core }, options) =>
      core.deleteNode({ name }, options),
    );
  } catch (error) {
    if (!(error instanceof ManagerError && error.problem.status === 404)) throw error;
  }
}
