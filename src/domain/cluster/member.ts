/** Who a machine of a cluster is, and where it is. Plain data: the entity workflow keeps it. */
export interface ClusterMember {
  /** What it was called last, renames of ours included. */
  readonly name: string;
  readonly role: string;
  /** From 1, within its role. */
  readonly ordinal: number;
  readonly vmid: number;
  /** Where it was seen last. */
  readonly node: string;
  /** SMBIOS uuid: Proxmox makes a new one for each clone. Absent: its clone was begun, nobody has read it yet. */
  readonly uuid?: string;
  /** First run of the operation that made or adopted it: the marker has it. */
  readonly run: string;
  /** IPv4 address as planned or seen. */
  readonly address?: string;
  /** Version of the template that it was cloned from; absent for adopted machines. */
  readonly generation?: number;
  /** `made`: there, never proven ready. `aside`: stopped and renamed, waits for its deletion. */
  readonly state: 'made' | 'ready' | 'aside';
  /** Of what is set aside: it was only `made` before, and is no more than that once it is back. */
  readonly neverReady?: true;
}

/**
 * A block in a machine's description: who it belongs to. Written by the clone's own request, so there is no moment at
 * which a machine of ours has none. Nothing of it is secret. It counts only on the VMID that it names: clones copy it.
 */
export interface MemberMarker {
  readonly cluster: string;
  /** Tells this cluster from former ones of the same name. */
  readonly instance: string;
  readonly role: string;
  readonly ordinal: number;
  readonly vmid: number;
  /** Workflow ID of the operation that made or adopted it. */
  readonly operation: string;
  /** First run of that operation's chain. */
  readonly run: string;
  /** Version of proxmox-manager. */
  readonly product: string;
  /** ISO time of the plan. */
  readonly made: string;
}

/** What a cluster is between two operations. Kept by the entity workflow, carried through continue-as-new. */
export interface ClusterRecord {
  readonly profile: string;
  /** Tells it from former clusters of the same name. */
  readonly instance: string;
  readonly members: readonly ClusterMember[];
  /** ISO time at which it is set aside; absent: never. */
  readonly endsAt?: string;
  /** ISO time at which what is aside may be deleted. */
  readonly asideUntil?: string;
  readonly talos?: TalosRecord;
}

/** What a Talos cluster is, without any secret. */
export interface TalosRecord {
  /** Folder of secrets.yaml, talosconfig and kubeconfig on the worker's machine (0700). */
  readonly folder: string;
  /** sha256 (hex) of secrets.yaml. */
  readonly secretsSha256: string;
  /** The one machine that etcd was, or is to be, bootstrapped on: chosen and kept before the call, never changed. */
  readonly bootstrapOn?: number;
  /** It is known to have happened. */
  readonly bootstrapped: boolean;
  /**
   * Name of the role whose machines are control planes, as the last plan had it that made machines, or let some leave. Absent:
   * no plan has told it yet.
   */
  readonly controlPlaneRole?: string;
  /** What Flux has synchronized it from (`fluxSource`). Absent: Flux was not put in, or has not synchronized yet. */
  readonly filledFrom?: string;
}
