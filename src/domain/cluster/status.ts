import type { ReadingBase } from '../clusterReading';
import type { ClusterMember, ClusterRecord } from './member';
import type { LeftAlone } from './plan';

/** One machine: what the profile asks for against what there is. */
export interface MachineDrift {
  readonly name: string;
  readonly role: string;
  readonly ordinal: number;
  /** Absent: there is none, or it is no member. */
  readonly member?: ClusterMember;
  /**
   * `asDesired`; `drifted`: it is there, otherwise than the profile says; `unfinished`: never proven ready; `missing`: the
   * profile asks for it; `lost`: a member that is gone, or not known for certain; `unseen`: nobody can look at it;
   * `surplus`: beyond the role's count, or of no role; `aside`: set aside.
   */
  readonly state:
    'asDesired' | 'drifted' | 'unfinished' | 'missing' | 'lost' | 'unseen' | 'surplus' | 'aside';
  readonly running?: boolean;
  /** What differs, one line each. */
  readonly differences: readonly string[];
}

/** A cluster, desired against real. */
export interface ClusterDrift {
  /** By role in the profile's order, then by ordinal; what has no role at the end. */
  readonly machines: readonly MachineDrift[];
  /** Machines with the marker of this cluster that are no members, and strangers in the place of members. */
  readonly others: readonly LeftAlone[];
}

/** Whose state is asked for. */
export interface ClusterStatusQuestion {
  readonly profile: string;
  /** As the workflow that keeps the cluster has it; absent: there is no such cluster, or it is not known. */
  readonly record?: ClusterRecord;
}

/** What was told, or why nothing was. */
export type Told<T extends object> =
  ({ readonly known: true } & T) | { readonly known: false; readonly because: string };

/** etcd, as its members tell. */
export interface EtcdState {
  readonly members: number;
  /** Members that have one. */
  readonly votes: number;
  /** Votes of members whose machine runs. */
  readonly running: number;
  /** Votes that its quorum needs. */
  readonly needed: number;
}

/** The nodes of Kubernetes. */
export interface NodesState {
  readonly nodes: number;
  readonly ready: number;
  /** Names. */
  readonly notReady: readonly string[];
}

/** What Flux has synchronized the cluster from. */
export interface FluxState {
  /** The Ready condition of its Kustomization; `absent`: there is none. */
  readonly ready: 'True' | 'False' | 'Unknown' | 'absent';
  /** Its own words, secrets cut out. */
  readonly said?: string;
  /** e.g. `main@sha1:4f1...` */
  readonly revision?: string;
}

/** What a Talos cluster tells of itself. */
export interface TalosState {
  readonly etcd: Told<EtcdState>;
  readonly kubernetes: Told<NodesState>;
  /** Absent: it is not filled by Flux. */
  readonly flux?: Told<FluxState>;
}

/** What `pxm cluster status` shows. */
export interface ClusterStatusReading extends ReadingBase, ClusterDrift {
  readonly profile: string;
  /** Only of a Talos cluster that has members. */
  readonly talos?: TalosState;
}
