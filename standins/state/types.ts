/** Of which versions the stand-ins are. */
export interface Versions {
  /** e.g. `v1.13.2`: the flags of its minor version are the only ones that are known. */
  talosctl: string;
  /** e.g. `2.7.5` */
  flux: string;
  /** e.g. `v1.35.2` */
  kubectl: string;
}

/** How long things take, in real milliseconds. */
export interface Timings {
  install: number;
  reboot: number;
  /** From the moment a control plane runs until it may be bootstrapped. */
  settle: number;
  /** From the bootstrap, or its own start, until a control plane is a member of etcd. */
  etcdJoin: number;
  /** From the bootstrap until the Kubernetes API answers. */
  kubernetesStart: number;
  /** From the moment a machine runs until it is a node. */
  nodeJoin: number;
  podStart: number;
  podStop: number;
  /** Until a Kustomization is ready after its commits. */
  synchronize: number;
  /** Draining, leaving etcd and wiping. */
  reset: number;
}

/** Where a machine is on its way. `off` is without power, or shut down after a reset. */
export type Phase = 'off' | 'maintenance' | 'installing' | 'rebooting' | 'running' | 'resetting';

/** A virtual machine with Talos on its disk or in its memory. */
export interface Machine {
  uuid: string;
  address: string;
  phase: Phase;
  /** When the phase ends by itself, milliseconds since the epoch. */
  phaseEndsAt?: number;
  /** It starts again after its reset, instead of shutting down. */
  restarts?: true;
  /** Since when it runs. */
  runsSince?: number;
  /** What it was given; it is gone after a reset. */
  configuration?: Configuration;
  /** Its etcd has data: it was bootstrapped, or has joined. */
  hasEtcdData: boolean;
}

/** What the stand-in understands of a machine's configuration. */
export interface Configuration {
  /** Of `cluster.id`. */
  cluster: string;
  /** Of `machine.ca.crt`: whoever trusts it is let in. */
  authority: string;
  /** What the kubeconfig of this cluster logs in with. */
  kubernetesToken: string;
  endpoint: string;
  kind: 'controlplane' | 'worker';
  hostname: string;
  /** sha256 of its text. */
  digest: string;
}

/** A Kubernetes cluster of machines with the same secrets. */
export interface Cluster {
  id: string;
  kubernetesToken: string;
  /** Two machines began an etcd of their own: the worst that can happen. Never taken back. */
  hasSplitBrain: boolean;
  /** By uuid, in their order. */
  bootstraps: string[];
  /** uuids of machines, and since when they are members. */
  etcdMembers: { id: string; uuid: string; hostname: string }[];
  bootstrappedAt?: number;
  nodes: KubernetesNode[];
  /** Counts the changes of nodes, as etcd does: no two of them are the same version. */
  revision: number;
  pods: Pod[];
  deployments: Deployment[];
  kustomizations: Kustomization[];
}

/** A node object: it stays until somebody deletes it. */
export interface KubernetesNode {
  name: string;
  /** Of the object: whoever takes it over keeps it, and one that is made anew has another. */
  uid: string;
  /** The revision of its last change. */
  version: number;
  uuid: string;
  address: string;
  isControlPlane: boolean;
  isUnschedulable: boolean;
  /** As its kubelet told last. */
  wasReady?: boolean;
  annotations?: Record<string, string>;
}

/** A pod. */
export interface Pod {
  namespace: string;
  name: string;
  /** Absent: no node has a place for it. */
  node?: string;
  owner: { kind: 'DaemonSet' | 'ReplicaSet' | 'Node' | 'none'; name: string };
  labels: Record<string, string>;
  hasLocalData: boolean;
  readyAt: number;
  /** It was evicted, or deleted, and is gone then. */
  goneAt?: number;
}

/** Keeps so many pods alive. */
export interface Deployment {
  namespace: string;
  name: string;
  replicas: number;
  hasLocalData: boolean;
  /** Of its PodDisruptionBudget; absent: it has none. */
  minimumAvailable?: number;
  /** Counts the pods that it has made. */
  made: number;
}

/** What Flux synchronizes. */
export interface Kustomization {
  namespace: string;
  name: string;
  path: string;
  url: string;
  branch: string;
  revision: string;
  readyAt: number;
  /** Set: it never gets ready, and this is why. */
  failure?: string;
}

/** What was pushed to a branch. */
export interface Commit {
  id: string;
  message: string;
  path: string;
}

/** Something that goes wrong with a call. */
export interface Fault {
  program: 'talosctl' | 'flux' | 'kubectl';
  /** The words that name the command, e.g. `etcd snapshot`. */
  command: string;
  /** Only calls about this machine. */
  address?: string;
  /** So many calls pass first. */
  skip: number;
  /** So many calls in a row have it. */
  times: number;
  /** `before`: nothing is done. `after`: all is done, and then it goes wrong. */
  moment: 'before' | 'after';
  then:
    | { kind: 'fail'; stderr: string; exitCode?: number }
    /** Until SIGTERM, or not even then. */
    | { kind: 'hang'; ignoresSigterm?: boolean }
    | { kind: 'slow'; ms: number }
    /** Writes so many bytes to its standard output. */
    | { kind: 'flood'; bytes: number }
    /** Fails with the content of a file in its own words, as a careless tool would. */
    | { kind: 'betray'; file: string };
}

/** All that the stand-ins know; they share it as a file. */
export interface StandInState {
  format: 1;
  versions: Versions;
  timings: Timings;
  machines: Machine[];
  clusters: Cluster[];
  /** By `<url>#<branch>`. */
  repositories: Record<string, Commit[]>;
  /** Keys in files that no repository accepts are in none of these; empty: any key is accepted. */
  acceptedKeys: string[];
  kubernetesApi?: { url: string; certificateAuthority: string };
  faults: Fault[];
}
