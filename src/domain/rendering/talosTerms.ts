import type { ClusterPlan, PlannedMachine } from '../cluster/plan';

/** What is done by Talos, a line each; none where nothing is. */
export function talosTerms(plan: Pick<ClusterPlan, 'talos' | 'lastSnapshot' | 'phases'>): readonly string[] {
  return [...lastSnapshot(plan), ...membership(plan)];
}

function lastSnapshot({ lastSnapshot: vmids = [], phases }: Pick<ClusterPlan, 'lastSnapshot' | 'phases'>) {
  if (vmids.length === 0) return [];
  const names = phases
    .flatMap((phase) => ('removals' in phase ? phase.removals : []))
    .filter(({ member }) => vmids.includes(member.vmid))
    .map(({ member }) => member.name);
  return [
    `Before anything else what etcd holds is saved at ${names.join(' or ')}, into the folder of the cluster on the worker's machine (docs/talos.md).`,
  ];
}

/** What makes a Kubernetes cluster of machines, and lets machines leave it. */
function membership({ talos, phases }: Pick<ClusterPlan, 'talos' | 'phases'>): readonly string[] {
  if (talos === undefined) return [];
  const { cluster, bootstrapOn, flux, patchFiles = [], gone = [] } = talos;
  const made = phases.flatMap((phase) => (phase.kind === 'make' ? phase.machines : []));
  const tools = `talosctl ${cluster.version}${flux === undefined ? '' : ' and flux'}`;
  const goes = phases.some(({ kind }) => kind === 'delete');
  return [
    ...(talos.anew === true
      ? anewTerms(tools)
      : [
          `Before anything is changed: ${tools} on the worker's machine, and the secrets of the cluster, made once (docs/talos.md).`,
        ]),
    ...(gone.length === 0
      ? []
      : [
          `Then what etcd lists still of ${gone.map(({ name: whose }) => whose).join(', ')} is removed there, by its id, with a snapshot of etcd before: ${gone.length === 1 ? 'that machine is' : 'those machines are'} gone, and not made again.`,
        ]),
    ...(goes && talos.anew !== true
      ? [
          'Each that goes leaves first: its pods are evicted, it is wiped by Talos, its node is deleted; of one that is off its node is deleted, and of a control plane its member of etcd is removed, by its id. A control plane goes only if etcd keeps its quorum, with a snapshot of etcd before.',
        ]
      : []),
    ...(made.length === 0 ? [] : joining(made, bootstrapOn)),
    ...(patchFiles.length === 0
      ? []
      : [
          `Patches, exactly as they are now: ${patchFiles.map(({ path, sha256 }) => `${path} (sha256 ${sha256.slice(0, 12)})`).join(', ')}.`,
        ]),
    ...(flux === undefined
      ? []
      : [
          `Flux is put in from ${flux.url} (${flux.path} on ${flux.branch}): it writes there, and has to synchronize.`,
        ]),
  ];
}

function anewTerms(tools: string): readonly string[] {
  return [
    `Before anything is changed: ${tools} on the worker's machine.`,
    'All machines go, and with them all that Kubernetes knows and all volumes of its pods on them. Then secrets are made anew: the kubeconfig and the talosconfig of before are of no use any more.',
  ];
}

function joining(made: readonly PlannedMachine[], bootstrapOn: number | undefined): readonly string[] {
  const first = made.find(({ vmid }) => vmid === bootstrapOn)?.name ?? '';
  return [
    'Each machine gets its configuration as soon as it waits for one.',
    bootstrapOn === undefined
      ? `They join the etcd and the Kubernetes that are there.${joiningEtcd(made)}`
      : `etcd is bootstrapped once, on ${first} (VM ${bootstrapOn}), on no other machine.`,
    'Then the kubeconfig is fetched, each is waited for as a node, and Talos has to find the cluster healthy.',
  ];
}

/** A machine that was begun before is none that comes in the place of one that is gone. */
function joiningEtcd(made: readonly PlannedMachine[]): string {
  const isNew = made.some(({ kind, begun }) => kind === 'controlPlane' && begun === undefined);
  return isNew
    ? ' What etcd lists still of a control plane of their names that is gone is removed there first, by its id, with a snapshot of etcd before.'
    : '';
}
