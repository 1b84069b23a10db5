import type { DnsSettings, TalosSettings } from '../cluster/profile';

/** Where a cluster's Talos files lie on the worker's machine, and which secrets they come from. References only. */
export interface TalosFiles {
  /** Absolute; 0700. */
  readonly folder: string;
  /** sha256 (hex) of `secrets.yaml` in it. */
  readonly secretsSha256: string;
}

/** A machine as Talos is asked for it: where it answers, and who must answer there. */
export interface TalosMachine {
  readonly name: string;
  readonly address: string;
  /** SMBIOS uuid, as Proxmox has it. */
  readonly uuid: string;
  /** Where Proxmox has it, if its address came by DHCP: it may have another one by now. Absent: it is looked for nowhere else. */
  readonly guest?: { readonly node: string; readonly vmid: number };
}

/** What a machine's configuration is made of, beside what all machines of the cluster share. */
export interface TalosMachinePlan extends TalosMachine {
  readonly kind: 'controlPlane' | 'worker';
  /** Absent: its address comes by DHCP. */
  readonly network?: { readonly prefixLength: number; readonly gateway?: string };
  /** Of its first network card; absent: Talos takes the first physical one. */
  readonly macAddress?: string;
  /** Files with patches of its role and its own, in this order, absolute paths. */
  readonly patches: readonly string[];
}

/** What all machines of a cluster share. */
export interface TalosClusterPlan extends TalosSettings {
  readonly name: string;
  readonly dns?: DnsSettings;
}

/** Which face a machine shows at its address. */
export type TalosFace =
  /** It knows this cluster's certificates. */
  | 'ours'
  /** It waits for a configuration. */
  | 'maintenance'
  /** It is configured, and does not know this cluster's certificates. */
  | 'foreign'
  /** Nobody answers. */
  | 'silent';

/** What was seen at an address. */
export interface TalosSighting {
  readonly face: TalosFace;
  /** As Talos tells it: `booting`, `installing`, `maintenance`, `running`, `rebooting`, `resetting`, ... */
  readonly stage?: string;
  /** SMBIOS uuid of who answered. */
  readonly uuid?: string;
  /** The tool's own words, where nobody answered, or whoever did refused us. */
  readonly said?: string;
}

/** A member of etcd. */
export interface EtcdMember {
  /** Hexadecimal digits; never given again. */
  readonly id: string;
  /** Empty: it was added, and has never started. */
  readonly hostname: string;
  /** It has no vote yet. */
  readonly isLearner: boolean;
}

/** The members of etcd, and who of them is there. */
export interface EtcdSeen {
  readonly members: readonly EtcdMember[];
  /** Machines that run, each by its uuid, with the id of the member that it is by its own word. */
  readonly running: readonly { readonly uuid: string; readonly memberId: string }[];
}

/** A file that a step made, 0600; never its content. */
export interface FileReference {
  readonly path: string;
  /** hex */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** How far a machine is with leaving its cluster, by all that can be seen. */
export interface LeavingSeen {
  readonly how:
    /** Off, gone or wiped; and etcd does not have it as a member. */
    | 'left'
    /** Off, gone or wiped, and etcd has it as a member still. */
    | 'stillMember'
    /** It works, and nothing shows that it is being reset. */
    | 'stays'
    /** It is being reset. */
    | 'leaves'
    /** Nothing tells: it does not answer, or nobody tells whether it is a member. */
    | 'unknown';
  /** What was seen, in words. */
  readonly because: string;
}

/** A file as it was approved. */
export interface FileDigest {
  /** Absolute, on the worker's machine. */
  readonly path: string;
  /** hex */
  readonly sha256: string;
}

/** How it is known that etcd was begun: by this call, by an earlier one on the machine, by another member. */
export type BootstrapAnswer = 'bootstrapped' | 'alreadyBootstrapped' | 'seenAtAnotherMember';

/** Whether a change whose answer was lost is to be seen. */
export type ChangeSeen = 'done' | 'notDone' | 'unknown';
