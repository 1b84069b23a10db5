import { isReady, podsOf } from './facts';
import type { Cluster, Deployment, KubernetesNode, Pod, StandInState } from './types';

/** Pods end, are made anew and are placed, as the controllers of Kubernetes would. */
export function advanceWorkloads(cluster: Cluster, state: StandInState, now: number): void {
  const names = new Set(cluster.nodes.map(({ name }) => name));
  cluster.pods = cluster.pods.filter(
    ({ goneAt, node }) => (goneAt === undefined || goneAt > now) && (node === undefined || names.has(node)),
  );
  for (const node of cluster.nodes) makeNodePods(cluster, node, now);
  for (const deployment of cluster.deployments) keepReplicas(cluster, deployment, now);
  for (const pod of cluster.pods) place(cluster, state, pod, now);
}

function makeNodePods(cluster: Cluster, node: KubernetesNode, now: number): void {
  const wanted: Pod[] = [ownPod('kube-proxy', { kind: 'DaemonSet', name: 'kube-proxy' }, node, now)];
  if (node.isControlPlane)
    wanted.push(ownPod('kube-apiserver', { kind: 'Node', name: node.name }, node, now));
  for (const pod of wanted) {
    if (!cluster.pods.some(({ name, goneAt }) => name === pod.name && goneAt === undefined))
      cluster.pods.push(pod);
  }
}

function ownPod(name: string, owner: Pod['owner'], node: KubernetesNode, now: number): Pod {
  return {
    ...{ namespace: 'kube-system', name: `${name}-${node.name}`, node: node.name, owner },
    ...{ labels: { app: name }, hasLocalData: false, readyAt: now },
  };
}

function keepReplicas(cluster: Cluster, deployment: Deployment, now: number): void {
  const alive = podsOf(cluster, deployment).filter(({ goneAt }) => goneAt === undefined).length;
  for (let count = alive; count < deployment.replicas; count += 1) {
    deployment.made += 1;
    cluster.pods.push({
      namespace: deployment.namespace,
      name: `${deployment.name}-${deployment.made}`,
      owner: { kind: 'ReplicaSet', name: deployment.name },
      labels: { app: deployment.name },
      hasLocalData: deployment.hasLocalData,
      readyAt: now,
    });
  }
}

function place(cluster: Cluster, state: StandInState, pod: Pod, now: number): void {
  if (pod.node !== undefined) return;
  const load = (node: KubernetesNode) => cluster.pods.filter((it) => it.node === node.name).length;
  const [node] = cluster.nodes
    .filter((it) => !it.isUnschedulable && !it.isControlPlane && isReady(cluster, state, it))
    .sort((left, right) => load(left) - load(right));
  if (node === undefined) return;
  pod.node = node.name;
  pod.readyAt = now + state.timings.podStart;
}
