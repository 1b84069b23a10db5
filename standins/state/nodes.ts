import { randomUUID } from 'node:crypto';
import { isReady, kubernetesAnswers, runningMachines } from './facts';
import type { Cluster, KubernetesNode, Machine, StandInState } from './types';

/** Machines become nodes, and their kubelets tell how they are. */
export function advanceNodes(cluster: Cluster, state: StandInState, now: number): void {
  if (kubernetesAnswers(cluster, state, now)) {
    for (const machine of runningMachines(cluster, state)) join(cluster, state, machine, now);
  }
  for (const node of cluster.nodes) noteReadiness(cluster, state, node);
}

/** A node has changed: it is another version from now on, whose number no node had before. */
export function markChanged(cluster: Cluster, node: KubernetesNode): void {
  cluster.revision += 1;
  node.version = cluster.revision;
}

function join(
  cluster: Cluster,
  { timings }: StandInState,
  { uuid, address, configuration, runsSince }: Machine,
  now: number,
): void {
  const from = Math.max((cluster.bootstrappedAt ?? now) + timings.kubernetesStart, runsSince ?? now);
  if (configuration === undefined || from + timings.nodeJoin > now) return;
  const known = cluster.nodes.find(({ name }) => name === configuration.hostname);
  if (known === undefined) {
    const node: KubernetesNode = {
      ...{ name: configuration.hostname, uid: randomUUID(), version: 0, uuid, address },
      ...{ isControlPlane: configuration.kind === 'controlplane', isUnschedulable: false },
    };
    cluster.nodes.push(node);
    markChanged(cluster, node);
    return;
  }
  if (known.uuid === uuid && known.address === address) return;
  // The kubelet of another machine with the same name takes the object over: its uid stays.
  Object.assign(known, { uuid, address });
  markChanged(cluster, known);
}

function noteReadiness(cluster: Cluster, state: StandInState, node: KubernetesNode): void {
  const ready = isReady(cluster, state, node);
  if (node.wasReady === ready) return;
  node.wasReady = ready;
  markChanged(cluster, node);
}
