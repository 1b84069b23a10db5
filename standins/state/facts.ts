import type { Cluster, Deployment, KubernetesNode, Machine, Pod, StandInState } from './types';

/** Machines of a cluster that run with its configuration. */
export function runningMachines(cluster: Cluster, state: StandInState): Machine[] {
  return state.machines.filter(
    ({ phase, configuration }) => phase === 'running' && configuration?.cluster === cluster.id,
  );
}

/** Members of etcd that run: without a majority of all members nothing works. */
export function hasQuorum(cluster: Cluster, state: StandInState): boolean {
  const running = runningMachines(cluster, state).filter((it) => it.hasEtcdData);
  const alive = cluster.etcdMembers.filter(({ uuid }) => running.some((it) => it.uuid === uuid));
  return cluster.etcdMembers.length > 0 && alive.length > cluster.etcdMembers.length / 2;
}

/** Whether the Kubernetes API of a cluster answers. */
export function kubernetesAnswers(cluster: Cluster, state: StandInState, now: number): boolean {
  const { bootstrappedAt } = cluster;
  return (
    bootstrappedAt !== undefined &&
    bootstrappedAt + state.timings.kubernetesStart <= now &&
    hasQuorum(cluster, state)
  );
}

/** Whether a node's kubelet tells that it is well. */
export function isReady(cluster: Cluster, state: StandInState, node: KubernetesNode): boolean {
  return runningMachines(cluster, state).some(({ uuid }) => uuid === node.uuid);
}

/** Whether a pod counts for its budget. */
export function isHealthy(pod: Pod, now: number): boolean {
  return pod.node !== undefined && pod.goneAt === undefined && pod.readyAt <= now;
}

/** The pods of a deployment. */
export function podsOf(cluster: Cluster, { namespace, name }: Deployment): Pod[] {
  return cluster.pods.filter(
    ({ owner, ...pod }) => pod.namespace === namespace && owner.kind === 'ReplicaSet' && owner.name === name,
  );
}
