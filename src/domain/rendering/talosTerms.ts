import type { ClusterPlan } from '../cluster/plan';

/** What makes a Kubernetes cluster of machines, a line each; none where that is not planned. */
export function talosTerms({ talos, phases }: Pick<ClusterPlan, 'talos' | 'phases'>): readonly string[] {
  if (talos === undefined) return [];
  const { cluster, bootstrapOn, flux } = talos;
  const made = phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const name = made.find(({ vmid }) => vmid === bootstrapOn)?.name ?? '';
  const tools = `talosctl ${cluster.version}${flux === undefined ? '' : ' and flux'}`;
  const goes = phases.some(({ kind }) => kind === 'delete');
  return [
    `Before anything is changed: ${tools} on the worker's machine, and the secrets of the cluster, made once (docs/talos.md).`,
    ...(goes
      ? [
          'Each that goes leaves first: its pods are evicted, it is wiped by Talos, its node is deleted; of one that is off, only its node. A control plane goes only if etcd keeps its quorum, with a snapshot of etcd before.',
        ]
      : []),
    ...(made.length === 0 ? [] : joining(bootstrapOn, name)),
    ...(flux === undefined
      ? []
      : [
          `Flux is put in from ${flux.url} (${flux.path} on ${flux.branch}): it writes there, and has to synchronize.`,
        ]),
  ];
}

function joining(bootstrapOn: number | undefined, name: string): readonly string[] {
  return [
    'Each machine gets its configuration as soon as it waits for one.',
    bootstrapOn === undefined
      ? 'They join the etcd and the Kubernetes that are there.'
      : `etcd is bootstrapped once, on ${name} (VM ${bootstrapOn}), on no other machine.`,
    'Then the kubeconfig is fetched, each is waited for as a node, and Talos has to find the cluster healthy.',
  ];
}
