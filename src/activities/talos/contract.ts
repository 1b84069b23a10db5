import type { ClusterMember } from '../../domain/cluster/member';
import type { FluxSettings } from '../../domain/cluster/profile';
import type { ReadyReport } from '../../domain/cluster/step';
import type {
  BootstrapAnswer,
  ChangeSeen,
  EtcdSeen,
  FileDigest,
  FileReference,
  LeavingSeen,
  TalosClusterPlan,
  TalosFiles,
  TalosMachine,
  TalosMachinePlan,
} from '../../domain/talos/machine';

/** Which cluster of machines. */
export interface TalosClusterName {
  readonly profile: string;
  /** Tells it from former clusters of the same name: what its folder is called. */
  readonly instance: string;
}

/** The secrets of a cluster. */
export interface SecretsArguments extends TalosClusterName {
  readonly talosVersion: string;
  /** Of those that were made before; absent: there are none. */
  readonly secretsSha256?: string;
  /** What the login is made for; absent: none is made. */
  readonly cluster?: Pick<TalosClusterPlan, 'name' | 'endpoint'>;
}

/** The tools on the worker's machine. */
export interface TalosTools {
  /** e.g. `v1.13.2` */
  readonly talosctl: string;
  /** Only where it is asked for. */
  readonly flux?: string;
}

/** Everything about one machine of a cluster. */
export interface MachineQuestion {
  readonly files: TalosFiles;
  readonly machine: TalosMachine;
}

/** A machine as Proxmox is asked for it. */
export interface MemberIdentity {
  readonly member: ClusterMember;
  readonly cluster: TalosClusterName;
}

/** How far a machine is with leaving. */
export interface LeavingQuestion extends MachineQuestion, MemberIdentity {
  /** Control planes that stay: etcd is asked there. Absent: the machine is a worker. */
  readonly others?: readonly TalosMachine[];
  /** How long that is watched which goes on, or does not answer. */
  readonly withinMs: number;
}

/** What machines of a name have left behind in etcd. */
export interface FormerMembersQuestion extends EtcdQuestion {
  /** Host name of the members. */
  readonly name: string;
  /** The machine of that name as Proxmox is asked for it; absent: there is none any more. */
  readonly identity?: MemberIdentity;
}

/** A member of etcd that is removed. */
export interface EtcdMemberArguments extends Omit<EtcdQuestion, 'machine'> {
  readonly id: string;
}

/** The machine that etcd is begun on. */
export interface BootstrapQuestion extends MachineQuestion {
  /** Where it was asked before: the other control planes that have a configuration, which may have joined it since. */
  readonly others: readonly TalosMachine[];
}

/** A machine that gets its configuration. */
export interface ApplyArguments {
  readonly files: TalosFiles;
  readonly cluster: TalosClusterPlan;
  readonly machine: TalosMachinePlan;
  /** Files of patches, as they were approved: no other content of them is used. Absent: there are none. */
  readonly patchFiles?: readonly FileDigest[];
}

/** What a machine is waited for: to want a configuration, to have it, or to run with it. */
export type TalosGoal = 'maintenance' | 'configured' | 'running';

/** A machine that is waited for. */
export interface AwaitMachineArguments extends MachineQuestion {
  readonly goal: TalosGoal;
  readonly withinMs: number;
}

/** Everything about the cluster as a whole, asked at one of its control planes. */
export interface ClusterQuestion {
  readonly files: TalosFiles;
  readonly on: TalosMachine;
  /** Control planes that are asked in its place, in this order, where it does not answer. */
  readonly orOn?: readonly TalosMachine[];
}

/** Who is a member of etcd. */
export interface EtcdQuestion {
  readonly files: TalosFiles;
  /** Control planes: the first that answers lists the members, and each is asked which one it is. */
  readonly others: readonly TalosMachine[];
  /** Another one that is asked which one it is, and never for the list. */
  readonly machine?: TalosMachine;
}

/** A cluster that is waited for. */
export interface AwaitHealthArguments extends ClusterQuestion {
  readonly controlPlanes: readonly TalosMachine[];
  readonly workers: readonly TalosMachine[];
  readonly withinMs: number;
}

/** What is kept of etcd. */
export interface SnapshotArguments extends ClusterQuestion {
  /** Of the file, without ending: the operation and the machine that goes. */
  readonly name: string;
}

/** A machine that forgets everything. */
export interface ResetArguments extends MachineQuestion {
  /** It leaves etcd first, and refuses if it is the last member; false only where the whole cluster goes. */
  readonly graceful: boolean;
}

/** A node of Kubernetes, by the machine that it is. */
export interface KubernetesQuestion {
  readonly files: TalosFiles;
  readonly machine: TalosMachine;
  /** Where the kubeconfig is fetched if it is not there; absent: nowhere. */
  readonly controlPlanes?: readonly TalosMachine[];
}

/** A node that is deleted. */
export interface DeleteNodeArguments extends KubernetesQuestion {
  /** The machine as Proxmox is asked whether it is off; absent: it was made to leave, and that is not asked. */
  readonly identity?: MemberIdentity;
}

/** A node that is emptied of pods. */
export interface DrainArguments extends KubernetesQuestion {
  readonly withinMs: number;
  /** The machine as Proxmox is asked whether it still runs; absent: that is not asked. */
  readonly identity?: MemberIdentity;
}

/** What a drain did. */
export interface DrainReport {
  /** False: the machine is no node, or is off; nothing was evicted then. */
  readonly wasNode: boolean;
  readonly evicted: number;
  /** `namespace/name` of pods whose local data is gone with them, at most 20. */
  readonly withLocalData: readonly string[];
  /** Of pods that nobody makes again, at most 20. */
  readonly withoutOwner: readonly string[];
}

/** A node that is waited for. */
export interface AwaitNodeArguments extends KubernetesQuestion {
  readonly withinMs: number;
}

/** What Flux is put in with. */
export interface FluxArguments {
  readonly files: TalosFiles;
  readonly flux: FluxSettings;
  readonly withinMs: number;
}

/**
 * The activities of Talos, Flux and Kubernetes. Inputs and results hold references only: folders, digests, addresses,
 * uuids. No file's content is in any of them, nor in a failure, a beat or a log.
 */
export interface TalosActivities {
  /** Whether the tools are there and fit the profile's version. Only looks. */
  checkTalosTools(input: { readonly talosVersion: string; readonly flux: boolean }): Promise<TalosTools>;
  /**
   * Makes the secrets of a cluster once, or looks whether those of `secretsSha256` are there. Repeating it, late or not,
   * finds what is there: a file is never written over. What talosctl logs in with is made of them where it is told how.
   */
  makeTalosSecrets(input: SecretsArguments): Promise<TalosFiles>;
  /**
   * Gives a machine its configuration, by its uuid. Repeating it, late or not, gives the same again. Throws PlanDrifted where
   * a file of patches is not what was approved.
   */
  applyTalosConfig(input: ApplyArguments): Promise<{ readonly as: 'insecure' | 'authenticated' }>;
  /** Waits until a machine is that far, or for too long. Only looks. */
  awaitTalosMachine(input: AwaitMachineArguments): Promise<ReadyReport>;
  /**
   * Begins etcd on the machine that was recorded for it, once. A second call on it is refused by Talos and tells that it
   * was begun; on any other machine, or on one that was wiped, nothing refuses it: so the workflow never calls it for another
   * one, and where it was asked before the other control planes are looked at first.
   */
  bootstrapTalos(
    input: BootstrapQuestion & { readonly withinMs: number },
  ): Promise<{ readonly how: BootstrapAnswer }>;
  /** Looks what became of a bootstrap whose answer was lost, at the machine itself and at the others. */
  lookForTalosBootstrap(input: BootstrapQuestion): Promise<ChangeSeen>;
  /** Waits until Talos itself finds the cluster healthy, or for too long. Only looks. */
  awaitTalosHealth(input: AwaitHealthArguments): Promise<ReadyReport>;
  /** Fetches the kubeconfig into the cluster's folder. Repeating it writes it anew. */
  fetchKubeconfig(input: ClusterQuestion): Promise<FileReference>;
  /**
   * Saves what etcd holds into the cluster's folder. Repeating it writes it anew. What talosctl logs in with is made again
   * of the cluster's secrets where it is missing or old.
   */
  snapshotEtcd(input: SnapshotArguments): Promise<FileReference>;
  /** The members of etcd, and which of them these machines are by their own word. Only looks. */
  readEtcd(input: EtcdQuestion): Promise<EtcdSeen>;
  /**
   * Ids of members of etcd of a name that no machine which runs says to be. None where a machine of that name runs and does
   * not tell which member it is. Only looks.
   */
  lookForFormerMembers(input: FormerMembersQuestion): Promise<readonly string[]>;
  /**
   * Removes a member of etcd whose machine does not run, if the others keep their quorum. Done where it is not listed. A late
   * duplicate is harmless: no id is ever given again.
   */
  removeEtcdMember(input: EtcdMemberArguments): Promise<void>;
  /** Wipes a machine and shuts it down, by its uuid, once: nothing makes a late duplicate harmless but that it is gone. */
  resetTalosMachine(input: ResetArguments): Promise<void>;
  /**
   * Looks how far a machine is with leaving: whether it runs, by Proxmox; what it does, by itself; whether it is a member of
   * etcd, by the others. What goes on is watched to its end, or for too long.
   */
  lookForTalosReset(input: LeavingQuestion): Promise<LeavingSeen>;
  /** Waits until a machine is a node that is ready, or for too long. Only looks. */
  awaitKubernetesNode(input: AwaitNodeArguments): Promise<ReadyReport>;
  /**
   * Cordons a node and evicts its pods, unless its machine is off. Repeating it goes on with what is left. The node itself
   * remembers that it was cordoned here, and not by a person before.
   */
  drainKubernetesNode(input: DrainArguments): Promise<DrainReport>;
  /** Lets pods onto a node again that a drain has cordoned; one that a person had cordoned stays so. Repeating it changes nothing. */
  uncordonKubernetesNode(input: KubernetesQuestion): Promise<void>;
  /**
   * Takes away the node of a machine, by its uuid. That it is gone already is success. Throws PlanDrifted, with nothing
   * touched, where the machine runs that should be off.
   */
  deleteKubernetesNode(input: DeleteNodeArguments): Promise<void>;
  /** Puts Flux into the cluster and its manifests into Git. Repeating it changes nothing where they are there. */
  bootstrapFlux(
    input: FluxArguments,
  ): Promise<{ readonly outcome: 'done' | 'unhealthy'; readonly said?: string }>;
  /** Waits until Flux has synchronized the cluster, or for too long. Only looks. */
  awaitFlux(input: FluxArguments): Promise<ReadyReport>;
}
